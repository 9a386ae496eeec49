# One static binary in an empty image.
#
#   docker build -t tuban .
#   docker run -p 127.0.0.1:8080:8080 -v tuban:/data -e TUBAN_INSECURE_OPEN=true tuban
#
# tuban refuses to serve an address that others can reach while nothing asks who
# they are. TUBAN_INSECURE_OPEN says that the port mapping above keeps them out;
# it is not in the image, so that nobody gets an open server unasked.

FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o /out/tuban ./cmd/tuban \
 && mkdir -m 0750 /out/data \
 && mkdir -m 1777 /out/tmp \
 && chown 65532:65532 /out/data

FROM scratch
COPY --from=build /out/ /
USER 65532:65532
ENV TUBAN_DATA=/data TUBAN_LISTEN=0.0.0.0:8080
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=6s --start-period=120s CMD ["/tuban", "healthcheck"]
ENTRYPOINT ["/tuban"]
CMD ["serve"]
