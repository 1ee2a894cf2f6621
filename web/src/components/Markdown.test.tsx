import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import Markdown from "./Markdown.tsx";

function show(text: string) {
  return render(<Markdown text={text} />).container;
}

describe("Markdown", () => {
  it("is what it means", () => {
    const found = show("# Plan\n\n- roll **back**\n- see `orders.out`\n\n[runbook](https://wiki.example/checkout)");
    expect(found.querySelectorAll("li")).toHaveLength(2);
    expect(screen.getByText("back").tagName).toBe("STRONG");
    expect(screen.getByText("orders.out").tagName).toBe("CODE");
    expect(screen.getByRole("link", { name: "runbook" }).getAttribute("href")).toBe("https://wiki.example/checkout");
    expect(screen.queryByRole("heading")).toBeNull();
  });

  it("never runs or fetches what somebody wrote", () => {
    const found = show(
      '<script>alert(1)</script> <img src=x onerror="alert(1)">\n\n[go](javascript:alert(1)) ![graph](https://evil.example/p.png) [data](data:text/html,x)',
    );
    expect(found.querySelector("script, img, iframe")).toBeNull();
    expect(found.textContent).toContain("<script>alert(1)</script>");
    const links = [...found.querySelectorAll("a")].map((link) => link.getAttribute("href"));
    expect(links.filter((href) => href !== null && href !== "" && !href.startsWith("https:"))).toEqual([]);
    expect(screen.getByRole("link", { name: "graph" }).getAttribute("href")).toBe("https://evil.example/p.png");
  });
});
