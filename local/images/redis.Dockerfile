FROM scratch
ADD rootfs.tar /
COPY --chown=0:0 rootfs /
# The official image has its executables elsewhere: who runs it says `redis-server`.
ENV PATH=/usr/bin
USER 1000:1000
ENTRYPOINT ["redis-server"]
