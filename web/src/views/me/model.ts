/** A person's ways to be reached and their rules, as the view shows and edits them. Pure. */
import type { Channel, Method, MethodBody, Rule, UserBody } from "../../api/me.ts";
import type { User } from "../../api/types.ts";
import { type DraftHours, draftOfHours, hoursOf } from "../../components/hours/model.ts";

/** What rings, for both urgencies. */
export type Rules = NonNullable<UserBody["rules"]>;

/** How loudly somebody is told. */
export type Urgency = "high" | "low";

export const URGENCIES: readonly Urgency[] = ["high", "low"];

/** The longest delay of a rule: a week. */
const LONGEST_S = 604_800;

/** The methods that are used at one moment after a page. */
export interface Rung {
  afterS: number;
  methods: Method[];
}

/** Somebody's methods; none where one may not know them. */
export function methodsOf(user: User): Method[] {
  return user.methods ?? [];
}

/** Whether somebody set rules of their own for an urgency. */
export function hasRules(user: User, urgency: Urgency): boolean {
  return rulesOf(user, urgency).length > 0;
}

function rulesOf(user: User, urgency: Urgency): readonly Rule[] {
  return user.rules?.[urgency] ?? [];
}

/**
 * What a page of an urgency does, in order of time, as the server does it: without a usable rule
 * every method at once when it is high, else the first one.
 */
export function rungsOf(user: User, urgency: Urgency): Rung[] {
  const methods = methodsOf(user);
  const own = rulesOf(user, urgency).flatMap((rule) => {
    const method = methods.find((one) => one.id === rule.method);
    return method === undefined ? [] : [{ afterS: rule.after_s, method }];
  });
  const fallback = (urgency === "high" ? methods : methods.slice(0, 1)).map((method) => ({ afterS: 0, method }));
  const rungs: Rung[] = [];
  for (const { afterS, method } of (own.length > 0 ? own : fallback).toSorted((a, b) => a.afterS - b.afterS)) {
    const last = rungs.at(-1);
    if (last?.afterS === afterS) {
      last.methods.push(method);
    } else {
      rungs.push({ afterS, methods: [method] });
    }
  }
  return rungs;
}

/** A rule while it is edited: the delay as it is typed. */
export interface DraftRule {
  key: number;
  minutes: string;
  method: string;
}

let keys = 0;

/** A new rule. */
export function newRule(method: string, minutes: string): DraftRule {
  keys += 1;
  return { key: keys, minutes, method };
}

/** Rules for editing. */
export function draftOfRules(user: User, urgency: Urgency): DraftRule[] {
  return rulesOf(user, urgency).map((rule) => newRule(rule.method, minutesText(rule.after_s)));
}

function minutesText(seconds: number): string {
  return String(Math.round((seconds / 60) * 100) / 100);
}

/** The seconds of a delay as it is typed; undefined when it is none. */
export function secondsOf(minutes: string): number | undefined {
  const text = minutes.trim().replace(",", ".");
  const seconds = Math.round(Number(text) * 60);
  return text !== "" && Number.isFinite(seconds) && seconds >= 0 && seconds <= LONGEST_S ? seconds : undefined;
}

/** Why a rule cannot stand as it is. */
export type RuleFault = "delay" | "method" | "twice";

/**
 * What is wrong with each rule: a delay that is none, a method that is gone, and a rule that tells
 * nothing new, because an earlier line uses the same method at the same moment.
 */
export function faultsOf(rules: readonly DraftRule[], methods: readonly Method[]): (RuleFault | undefined)[] {
  return rules.map((rule, index) => {
    const seconds = secondsOf(rule.minutes);
    if (seconds === undefined) {
      return "delay";
    }
    if (!methods.some((one) => one.id === rule.method)) {
      return "method";
    }
    const isTwice = rules
      .slice(0, index)
      .some((one) => one.method === rule.method && secondsOf(one.minutes) === seconds);
    return isTwice ? "twice" : undefined;
  });
}

/** Rules as they are saved, in order of time. */
export function rulesOfDraft(rules: readonly DraftRule[]): Rule[] {
  return rules
    .map((rule) => ({ after_s: secondsOf(rule.minutes) ?? 0, method: rule.method }))
    .toSorted((a, b) => a.after_s - b.after_s);
}

/** What holds for all rules of an urgency, while it is edited. */
export interface DraftExtras {
  /** After how many minutes the last rule comes again, as it is typed; empty means never. */
  again: string;
  /** When low urgency does not disturb. */
  quiet: DraftHours | undefined;
}

/** How often the last rule of an urgency comes again; undefined when it comes once. */
export function repeatOf(user: User, urgency: Urgency): number | undefined {
  return user.rules?.[REPEAT[urgency]] ?? undefined;
}

const REPEAT = { high: "repeat_high_s", low: "repeat_low_s" } as const;

/** The shortest and the longest repeat. */
const REPEAT_S = { least: 60, most: 86_400 };

/** What holds for all rules, for editing. */
export function draftOfExtras(user: User, urgency: Urgency): DraftExtras {
  const repeat = repeatOf(user, urgency);
  const quiet = user.rules?.quiet_hours;
  return {
    again: repeat === undefined ? "" : minutesText(repeat),
    quiet: quiet == null ? undefined : draftOfHours(quiet),
  };
}

/** Whether a repeat is none. */
export function isAgainWrong({ again }: DraftExtras): boolean {
  const seconds = secondsOf(again);
  return again.trim() !== "" && (seconds === undefined || seconds < REPEAT_S.least || seconds > REPEAT_S.most);
}

/** All rules with those of one urgency as they were edited; quiet hours belong to low urgency. */
export function withRules(user: User, urgency: Urgency, rules: readonly DraftRule[], extras: DraftExtras): Rules {
  const changed: Rules = {
    ...user.rules,
    [urgency]: rulesOfDraft(rules),
    [REPEAT[urgency]]: extras.again.trim() === "" ? null : (secondsOf(extras.again) ?? null),
  };
  return urgency === "low" ? { ...changed, quiet_hours: extras.quiet === undefined ? null : hoursOf(extras.quiet) } : changed;
}

/** Where a method leads, in a line: its first setting that is no secret. */
export function addressOf(method: Pick<Method, "channel" | "settings">, channels: readonly Channel[]): string {
  const fields = channels.find((one) => one.name === method.channel)?.fields ?? [];
  const open = fields.filter((field) => field.kind !== "secret");
  const main = open.find((field) => field.required) ?? open[0];
  return main === undefined ? "" : (method.settings[main.name] ?? "");
}

/** The methods with one of them changed, or one more. */
export function withMethod(methods: readonly Method[], changed: MethodBody): MethodBody[] {
  const bodies = methods.map(bodyOfMethod);
  return methods.some((one) => one.id === changed.id)
    ? bodies.map((one) => (one.id === changed.id ? changed : one))
    : [...bodies, changed];
}

/** What is set of a method. */
export function bodyOfMethod({ id, name, channel, settings }: Method): MethodBody {
  return { id, name, channel, settings };
}

/** What an account is without a method: the rules that used it go with it. */
export function withoutMethod(user: User, id: string) {
  const rules = (urgency: Urgency) => rulesOf(user, urgency).filter((rule) => rule.method !== id);
  return {
    methods: methodsOf(user).filter((one) => one.id !== id).map(bodyOfMethod),
    rules: { ...user.rules, high: rules("high"), low: rules("low") },
  };
}

/** A browser as people know it, from what it calls itself. */
export function browserOf(agent: string | null | undefined): { browser: string; system: string } {
  const text = agent ?? "";
  const find = (known: readonly (readonly [RegExp, string])[]) => known.find(([pattern]) => pattern.test(text))?.[1] ?? "";
  return {
    browser: find([
      [/Edg\//u, "Edge"],
      [/OPR\//u, "Opera"],
      [/Firefox\//u, "Firefox"],
      [/Chrome\//u, "Chrome"],
      [/Safari\//u, "Safari"],
      [/curl\//u, "curl"],
    ]),
    system: find([
      [/iPhone|iPad/u, "iOS"],
      [/Android/u, "Android"],
      [/Mac OS X/u, "macOS"],
      [/Windows/u, "Windows"],
      [/Linux/u, "Linux"],
    ]),
  };
}
