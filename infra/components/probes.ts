/** The three probes that every service answers on its management port. Five minutes to start: a cold node is slow. */
export const probe = {
  startupProbe: {
    httpGet: { path: "/startupz", port: "management" },
    periodSeconds: 2,
    failureThreshold: 150,
  },
  readinessProbe: {
    httpGet: { path: "/readyz", port: "management" },
    periodSeconds: 5,
    timeoutSeconds: 3,
    failureThreshold: 2,
  },
  livenessProbe: {
    httpGet: { path: "/livez", port: "management" },
    periodSeconds: 10,
    timeoutSeconds: 5,
    failureThreshold: 3,
  },
};

/** Probes of a database, which speaks no HTTP. */
export function tcpProbes(port: number) {
  const tcpSocket = { port };
  return {
    startupProbe: { tcpSocket, periodSeconds: 2, failureThreshold: 150 },
    readinessProbe: { tcpSocket, periodSeconds: 5, failureThreshold: 2 },
    livenessProbe: { tcpSocket, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
  };
}
