import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";

import { type Command, commandsOf, type Place, useCommands } from "./commands.ts";
import { setKeysOn } from "./keys.ts";

const heard = vi.fn<(what: string) => void>();

function command(keys: string, more: Partial<Command> = {}, says = keys): Command {
  return {
    keys,
    text: says,
    run: () => {
      heard(says);
    },
    ...more,
  };
}

function Here({ place = "view", commands }: { place?: Place; commands: Command[] }) {
  useCommands(place, commands);
  return null;
}

function calls(): string[] {
  return heard.mock.calls.map(([what]) => what);
}

describe("single keys", () => {
  afterEach(() => {
    setKeysOn(true);
    heard.mockReset();
  });

  it("work one by one or two in a row, and can be turned off", async () => {
    const user = userEvent.setup();
    render(<Here commands={[command("a"), command("g i"), command("Escape")]} />);
    await user.keyboard("agi");
    await user.keyboard("{Control>}a{/Control}{Alt>}a{/Alt}{Meta>}a{/Meta}");
    act(() => {
      setKeysOn(false);
    });
    await user.keyboard("a{Escape}");
    expect(calls()).toEqual(["a", "g i", "Escape"]);
  });

  it.each([
    ["a field", <input key="x" aria-label="here" />],
    ["a text", <textarea key="x" aria-label="here" />],
    ["a choice", <select key="x" aria-label="here"><option>a</option></select>],
    ["what can be edited", <div key="x" aria-label="here" role="textbox" tabIndex={0} contentEditable suppressContentEditableWarning />],
  ])("are letters in %s", async (_, field) => {
    const user = userEvent.setup();
    render(
      <>
        <Here commands={[command("a"), command("?"), command("/"), command("g i")]} />
        {field}
      </>,
    );
    act(() => {
      screen.getByLabelText("here").focus();
    });
    await user.keyboard("a?/gi");
    expect(calls()).toEqual([]);
  });

  it("are dead behind a dialog", async () => {
    const user = userEvent.setup();
    render(
      <>
        <Here commands={[command("a")]} />
        <div role="dialog" aria-modal="true" />
      </>,
    );
    await user.keyboard("a");
    expect(calls()).toEqual([]);
  });

  it("never take the second of two keys for one of its own", async () => {
    const user = userEvent.setup();
    render(<Here commands={[command("a"), command("g i")]} />);
    await user.keyboard("ga");
    expect(calls()).toEqual([]);
    await user.keyboard("a");
    expect(calls()).toEqual(["a"]);
  });

  it("act once however long a key is held, but for those that move", async () => {
    const user = userEvent.setup();
    render(<Here commands={[command("a"), command("j", { repeats: true })]} />);
    await user.keyboard("{a>3/}{j>3/}");
    expect(calls()).toEqual(["a", "j", "j", "j"]);
  });

  it("mean what the view says, before the frame, and nothing that is off", async () => {
    const user = userEvent.setup();
    render(
      <>
        <Here place="frame" commands={[command("a", {}, "frame"), command("x", {}, "frame x")]} />
        <Here commands={[command("a", {}, "view"), command("r", { isOff: true })]} />
      </>,
    );
    await user.keyboard("arx");
    expect(calls()).toEqual(["view", "frame x"]);
  });
});

describe("what can be done", () => {
  it("is known as long as it is there", () => {
    const { unmount } = render(<Here commands={[command("a")]} />);
    expect(commandsOf("view").map((one) => one.keys)).toEqual(["a"]);
    expect(commandsOf("frame")).toEqual([]);
    unmount();
    expect(commandsOf("view")).toEqual([]);
  });
});
