/** A file with CustomResourceDefinitions, as its project publishes it. */
export interface DefinitionFile {
  /** Unique, the name of its copy in a folder. */
  readonly name: string;
  readonly url: string;
  readonly sha256: string;
}

const GATEWAY = "https://raw.githubusercontent.com/kubernetes-sigs/gateway-api/v1.4.0/config/crd/standard";
const gateway = (plural: string, sha256: string): DefinitionFile => {
  const name = `gateway.networking.k8s.io_${plural}.yaml`;
  return { name, url: `${GATEWAY}/${name}`, sha256 };
};

/** Gateway API v1.4.0, standard channel: the release that Traefik 3.6 is made for. */
export const GATEWAY_API: readonly DefinitionFile[] = [
  gateway("backendtlspolicies", "59d7cf1d99e1337e6d6a19c6306172d8f7ff2d9f920142a88ef9ba597d6d97bb"),
  gateway("gatewayclasses", "2f61e8c8c2289843a61d7b1bba31f8a5a46dbf20a1c54359209d638d3bd899c9"),
  gateway("gateways", "b0e29566bbe07fbe4ede55c2eff73865bd566f3063736ec9046224d7e20d6f88"),
  gateway("grpcroutes", "dc114a794b2bf2565489c3182d4b173590ea01348f986daf42c7bc0505521d26"),
  gateway("httproutes", "c2539410dec72b793ef840f484c19d13b48210074ec801b730e9fce2c5fc825c"),
  gateway("referencegrants", "3a59dcc699c2d01b19f13233943597f69de25420495ab3d4af7de7997bd807cc"),
];

/** VerticalPodAutoscaler 1.8.1. */
export const VERTICAL_AUTOSCALER: readonly DefinitionFile[] = [
  {
    name: "vpa-v1-crd-gen.yaml",
    url: "https://raw.githubusercontent.com/kubernetes/autoscaler/vertical-pod-autoscaler-1.8.1/vertical-pod-autoscaler/deploy/vpa-v1-crd-gen.yaml",
    sha256: "2916e9b8e0699375ed8eca8af81e00c5a8cf9d68a70b4796e24d43794838d623",
  },
];
