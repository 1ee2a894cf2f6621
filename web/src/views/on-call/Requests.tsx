import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { type Swap, type SwapAnswer, swapsQuery, useAnswerSwap } from "../../api/swaps.ts";
import { t } from "../../i18n.ts";
import { nameOf } from "../../ui/Owner.tsx";
import { Say } from "../../ui/Say.tsx";
import { fullWhen } from "../../ui/time.ts";
import { toast } from "../../ui/toasts.ts";
import { useZone } from "../../ui/zone.ts";
import css from "./Swaps.module.css";

/** What waits for one's answer first, then what one asked for. */
export function Requests() {
  const { data } = useQuery(swapsQuery);
  const open = (data?.items ?? []).filter((one) => one.may_accept || one.may_decline || one.may_withdraw);
  if (open.length === 0) {
    return null;
  }
  const first = (one: Swap) => (one.may_accept ? 0 : 1);
  return (
    <section className={css.part} aria-labelledby="requests">
      <h2 id="requests">{t("ui.swaps.requests")}</h2>
      <ul className={css.list}>
        {[...open].sort((a, b) => first(a) - first(b)).map((one) => (
          <Request key={one.id} swap={one} />
        ))}
      </ul>
    </section>
  );
}

function Request({ swap }: { swap: Swap }) {
  const zone = useZone();
  const answer = useAnswerSwap(swap.id);
  const give = (word: SwapAnswer) => {
    answer.mutate(word, {
      onSuccess: () => {
        toast({ glyph: "onCall", tone: word === "accept" ? "resolved" : "dim", text: t(`ui.swaps.done.${word}`) });
      },
    });
  };
  const span = (from: string, to: string) => t("ui.swaps.span", { from: fullWhen(from, zone), to: fullWhen(to, zone) });
  const back = swap.in_return ?? undefined;
  const may: [SwapAnswer, boolean][] = [
    ["accept", swap.may_accept],
    ["decline", swap.may_decline],
    ["withdraw", swap.may_withdraw],
  ];
  return (
    <li>
      <p>
        <Say
          k={swap.asked == null ? "ui.swaps.asks_anyone" : "ui.swaps.asks"}
          values={{
            who: <b>{nameOf(swap.asker)}</b>,
            asked: <b>{swap.asked == null ? "" : nameOf(swap.asked)}</b>,
            schedule: <b>{swap.schedule.name}</b>,
            span: <b>{span(swap.from, swap.to)}</b>,
          }}
        />{" "}
        {back !== undefined && t("ui.swaps.in_return", { span: span(back.from, back.to) })}
      </p>
      <div className={css.acts}>
        {may.map(
          ([word, isOffered]) =>
            isOffered && (
              <Button
                key={word}
                variant={word === "accept" ? "filled" : "default"}
                aria-busy={answer.isPending}
                onClick={() => {
                  if (!answer.isPending) {
                    give(word);
                  }
                }}
              >
                {t(`ui.swaps.${word}`)}
              </Button>
            ),
        )}
      </div>
    </li>
  );
}
