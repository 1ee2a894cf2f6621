/**
 * What is asked for first, by the letter: the server tells a browser that opens a view to ask for it together
 * with the code. What stands here and is not asked for is a warning on the console, and `frame.e2e.ts` fails.
 */

/** What every view asks for: who looks, and what the frame around it shows. */
export const FRAME_ASKS: readonly string[] = [
  "/api/v1/me",
  "/api/v1/incidents?state=triggered,acknowledged&limit=200",
  "/api/v1/on-call?limit=200",
];

/**
 * What views ask for besides, by their address, unless it selects something else. Not the status: our clock is
 * set by it, and an answer that waited would set it back.
 */
export const VIEW_ASKS: Readonly<Record<string, readonly string[]>> = {
  "/": [
    "/api/v1/incidents?state=triggered&limit=100",
    "/api/v1/incidents?state=acknowledged&limit=100",
    "/api/v1/incidents?state=resolved&limit=100",
    "/api/v1/services?limit=200",
    "/api/v1/users?limit=200",
    "/api/v1/filters?limit=200",
  ],
  "/incidents/:id": ["/api/v1/incidents/:id"],
  "/on-call": ["/api/v1/schedules?limit=200", "/api/v1/users?limit=200", "/api/v1/swaps?limit=200"],
  "/services": ["/api/v1/services?limit=200", "/api/v1/teams?limit=200", "/api/v1/escalation-policies?limit=200"],
};
