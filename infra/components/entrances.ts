/** Where the program's own ingress controller listens: ports of clients, of its pods, and of the nodes that run one. */
export const ENTRANCES = {
  web: { client: 80, port: 8000, nodePort: 30_080 },
  websecure: { client: 443, port: 8443, nodePort: 30_443 },
} as const;
