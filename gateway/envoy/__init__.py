"""The edge: one Envoy template for laptop and cluster, REST by transcoding the gateway's gRPC."""
