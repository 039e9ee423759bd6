#!/usr/bin/python3
"""An RTSP server on loopback for the tests: GStreamer's test picture, encoded live.

server.py PORT [--user NAME --password WORD] prints one line, "ready rtsp://127.0.0.1:PORT", and serves until it is killed (15 minutes at most).
server.py --check only says, by its exit code, whether all is installed that it needs. Paths:
  /h264   H.264, 320 x 240, 20 frames a second, a green picture
  /h265   H.265, the same
  /mjpeg  motion JPEG over RTP, the same
  /swap   H.264, 320 x 240, after two seconds 240 x 320 with the parameters in the stream: the size changes, the bytes of a frame do not
  /grow   H.264, 320 x 240, after two seconds 640 x 480
  /audio  sound only
Port 0 takes a free one. With a user every path asks for it (RTSP Digest).
"""
import argparse
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

RAW = "video/x-raw,format=I420,width=320,height=240,framerate=20/1"
# One thread: with more, a key frame comes in slices that ffmpeg 5.1 takes for frames when the parameters are repeated between them.
H264 = "x264enc threads=1 tune=zerolatency speed-preset=ultrafast key-int-max=20 bitrate=1000"
H265 = "x265enc tune=zerolatency speed-preset=ultrafast key-int-max=20 bitrate=1000"
GREEN = "videotestsrc is-live=true pattern=solid-color foreground-color=0xff00ff00"

LAUNCH = {
    "/h264": f"( {GREEN} ! {RAW} ! {H264} ! rtph264pay name=pay0 pt=96 config-interval=1 )",
    "/h265": f"( {GREEN} ! {RAW} ! {H265} ! rtph265pay name=pay0 pt=96 config-interval=1 )",
    "/mjpeg": f"( {GREEN} ! {RAW} ! jpegenc ! rtpjpegpay name=pay0 pt=26 )",
    "/audio": "( audiotestsrc is-live=true ! audio/x-raw,rate=8000,channels=1 ! mulawenc ! rtppcmupay name=pay0 pt=0 )",
}
NEEDED = ["videotestsrc", "audiotestsrc", "videoscale", "x264enc", "x265enc", "jpegenc", "mulawenc", "h264parse", "rtph264pay", "rtph265pay", "rtpjpegpay", "rtppcmupay"]
CHANGING = {"/swap": (240, 320), "/grow": (640, 480)}


class Changing(GstRtspServer.RTSPMediaFactory):
    """A camera somebody reconfigures while it is watched."""

    def __init__(self, width, height):
        super().__init__()
        self.size = (width, height)
        self.set_launch(f"( {GREEN} ! videoscale name=scale ! capsfilter name=size caps={RAW} ! {H264} ! "
                        "h264parse config-interval=-1 ! rtph264pay name=pay0 pt=96 config-interval=-1 )")
        self.connect("media-configure", self.configure)

    def configure(self, _, media):
        def change():
            bin_ = media.get_element()
            caps = RAW.replace("320", str(self.size[0])).replace("height=240", f"height={self.size[1]}")
            if bin_ is not None:
                bin_.get_by_name("size").set_property("caps", Gst.Caps.from_string(caps))
            return False

        GLib.timeout_add(2000, change)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("port", nargs="?", default="0")
    arguments.add_argument("--check", action="store_true")
    arguments.add_argument("--user")
    arguments.add_argument("--password")
    chosen = arguments.parse_args()

    Gst.init(None)
    missing = [name for name in NEEDED if Gst.ElementFactory.find(name) is None]
    if missing:
        sys.exit(f"GStreamer has no {', '.join(missing)}")
    if chosen.check:
        return
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(chosen.port)
    auth = None
    if chosen.user:
        auth = GstRtspServer.RTSPAuth()
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        token = GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", "viewer")
        auth.add_digest(chosen.user, chosen.password, token)
        server.set_auth(auth)

    mounts = server.get_mount_points()
    factories = {}
    for path, launch in LAUNCH.items():
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch(launch)
        factories[path] = factory
    for path, (width, height) in CHANGING.items():
        factories[path] = Changing(width, height)
    for path, factory in factories.items():
        if auth:
            permissions = GstRtspServer.RTSPPermissions()
            permissions.add_permission_for_role("viewer", "media.factory.access", True)
            permissions.add_permission_for_role("viewer", "media.factory.construct", True)
            factory.set_permissions(permissions)
        mounts.add_factory(path, factory)

    loop = GLib.MainLoop()
    if server.attach(None) == 0:
        sys.exit(f"port {chosen.port} is taken")
    GLib.timeout_add_seconds(15 * 60, loop.quit)
    print(f"ready rtsp://127.0.0.1:{server.get_bound_port()}", flush=True)
    loop.run()


if __name__ == "__main__":
    main()
