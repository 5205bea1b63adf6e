FROM scratch
ADD rootfs.tar /
COPY --chown=0:0 rootfs /
USER 1000:1000
ENTRYPOINT ["/usr/bin/prometheus"]
