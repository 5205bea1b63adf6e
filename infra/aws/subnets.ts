/** The subnets of one kind, one for each of three zones, in their order. */
type ThreeRanges = readonly [string, string, string];

export interface Subnets {
  /** Nodes and pods, which have addresses of the network: 16,384 in each zone. */
  readonly private: ThreeRanges;
  /** Load balancer and NAT gateways. */
  readonly public: ThreeRanges;
  /** Databases, without a way out. */
  readonly data: ThreeRanges;
}

/**
 * Parts a network. The ranges are known before anything is made, so that network policies can name them.
 *
 * @param network a range of 65,536 addresses, such as `10.40.0.0/16`
 */
export function subnetsOf(network: string): Subnets {
  const prefix = network.split(".").slice(0, 2).join(".");
  return {
    private: [`${prefix}.0.0/18`, `${prefix}.64.0/18`, `${prefix}.128.0/18`],
    public: [`${prefix}.192.0/24`, `${prefix}.193.0/24`, `${prefix}.194.0/24`],
    data: [`${prefix}.200.0/24`, `${prefix}.201.0/24`, `${prefix}.202.0/24`],
  };
}
