import { act, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { initials, Owner } from "./Owner.tsx";
import { Say } from "./Say.tsx";
import { Severity } from "./Severity.tsx";
import { Plate, StateGlyph } from "./State.tsx";
import { dismissAll, toast } from "./toasts.ts";
import { Toasts } from "./Toasts.tsx";

describe("a sentence", () => {
  it("takes parts of the page, and never reads what people wrote as markup", () => {
    const { container } = render(
      <p>
        <Say k="ui.row.next" values={{ comes: <b>3:48</b>, who: "<i>Sofia</i> {{x}}" }} />
      </p>,
    );
    expect(container.innerHTML).toBe("<p>next <b>3:48</b>: &lt;i&gt;Sofia&lt;/i&gt; {{x}}</p>");
  });
});

describe("an owner", () => {
  it.each([
    ["Marta Kowalska", "MK"],
    ["Pieter de Vries", "PV"],
    ["Ōtaki", "Ō"],
    ["Inês (Ops)", "I"],
    ["", ""],
  ])("%s has the initials %s", (name, expected) => {
    expect(initials(name)).toBe(expected);
  });

  it("is a name, or nobody yet", () => {
    render(
      <>
        <Owner person={null} />
        <Owner person={{ id: "u", name: "Marta Kowalska" }} short />
        <Owner person={{ id: "gone", name: null }} />
      </>,
    );
    expect(screen.getByText("Nobody yet")).toBeTruthy();
    expect(screen.getByText("Marta")).toBeTruthy();
    expect(screen.getByText("A former user")).toBeTruthy();
  });
});

describe("state and severity", () => {
  it("are told by word, never by colour alone", () => {
    render(
      <>
        <Plate state="acknowledged" />
        <StateGlyph state="triggered" />
        <Severity severity="major" word />
      </>,
    );
    expect(screen.getByText("Acknowledged")).toBeTruthy();
    expect(screen.getByRole("img", { name: "Triggered" })).toBeTruthy();
    expect(screen.getByText("Sev 2 major")).toBeTruthy();
  });

  it("fill as many bars as it is bad", () => {
    const { container } = render(<Severity severity="minor" />);
    const bars = [...container.querySelectorAll("rect")].map((bar) => bar.getAttribute("fill-opacity"));
    expect(bars).toEqual(["1", "1", "0.22", "0.22", "0.22"]);
  });
});

describe("toasts", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    dismissAll();
    vi.useRealTimers();
  });

  it("go by themselves; errors stay; at most two are there", () => {
    render(<Toasts />);
    const show = (text: string, stays: boolean) => {
      act(() => {
        toast({ glyph: "resolved", tone: "resolved", text, stays });
      });
    };
    show("first", false);
    show("second", false);
    show("failed", true);
    expect(screen.queryByText("first")).toBeNull();
    expect(screen.getByRole("alert").textContent).toContain("failed");
    act(() => {
      vi.advanceTimersByTime(6_100);
    });
    expect(screen.queryByText("second")).toBeNull();
    expect(screen.getByText("failed")).toBeTruthy();
  });

  it("run their action once and go", () => {
    const run = vi.fn();
    render(<Toasts />);
    act(() => {
      toast({ glyph: "acknowledged", tone: "acknowledged", text: "You have it.", action: { label: "Undo", run } });
    });
    act(() => {
      screen.getByRole("button", { name: "Undo" }).click();
    });
    expect(run).toHaveBeenCalledOnce();
    expect(screen.queryByText("You have it.")).toBeNull();
  });
});
