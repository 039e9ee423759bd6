#!/usr/bin/env bash
# Installs what the tests need, builds, runs every test. The last line is: N passed, N failed, N skipped.
set -u
cd "$(dirname "$0")" || exit 1
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1

# libgpiod2: GPIO outputs of the device tests, whose guest sees the files of this machine; mosquitto: the broker that events are delivered to; python3-jsonschema: an independent judge of schemas; openssl: certificates; procps: kill, ps;
# libturbojpeg0: the fast one of the two JPEG decoders.
# python3-jinja2: reads the templates that Home Assistant gets, as it does.
# jq: deploy/make-manifest. curl: an independent client of the inference server. python3-paho-mqtt: samples/consumers/python.
# ffmpeg: plays streams and video files; gir1.2-gst-rtsp-server-1.0 and the gstreamer1.0 plugins: the RTSP server that it is tested against.
# libgtk-3-0: OpenCV's library, the oracle of the preprocessing tests, does not load without it.
install_tools() {
  local missing=()
  command -v mosquitto >/dev/null || [ -x /usr/sbin/mosquitto ] || missing+=(mosquitto)
  command -v mosquitto_sub >/dev/null || missing+=(mosquitto-clients)
  /usr/bin/python3 -c 'import paho.mqtt.client' 2>/dev/null || missing+=(python3-paho-mqtt)
  command -v openssl >/dev/null || missing+=(openssl)
  /sbin/ldconfig -p | grep -q 'libgpiod\.so\.[23]' || missing+=(libgpiod2)
  /usr/bin/python3 -c 'import jsonschema' 2>/dev/null || missing+=(python3-jsonschema)
  /usr/bin/python3 -c 'import jinja2' 2>/dev/null || missing+=(python3-jinja2)
  /usr/bin/python3 -c 'import ctypes; ctypes.CDLL("libturbojpeg.so.0")' 2>/dev/null || missing+=(libturbojpeg0)
  [ "$(uname -m)" != x86_64 ] || /sbin/ldconfig -p | grep -q 'libgtk-3\.so\.0' || missing+=(libgtk-3-0)
  command -v jq >/dev/null || missing+=(jq)
  command -v curl >/dev/null || missing+=(curl)
  command -v ffmpeg >/dev/null || missing+=(ffmpeg)
  /usr/bin/python3 tests/rtsp/server.py --check 2>/dev/null ||
    missing+=(python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-{base,good,bad,ugly})
  [ "${#missing[@]}" -eq 0 ] && return
  local sudo=""; [ "$(id -u)" -eq 0 ] || sudo="sudo"
  echo "Installing ${missing[*]}"
  $sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
    echo "Could not install ${missing[*]}; tests that need them are skipped and say so." >&2
}

# By itself, because it is large: the official Node SDK, a peer of the IoT Edge simulator. Without it that test is skipped and says so.
install_node() {
  command -v npm >/dev/null && return
  local sudo=""; [ "$(id -u)" -eq 0 ] || sudo="sudo"
  echo "Installing nodejs npm"
  $sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends nodejs npm >/dev/null ||
    echo "Could not install nodejs and npm; tests that need them are skipped and say so." >&2
}

install_tools
install_node
export PATH="$PATH:/usr/sbin"

if ! dotnet build EdgeVision.sln -c Release -v quiet; then
  echo "The build failed." >&2
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
fi

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
status=0
for project in EdgeVision.Tests EdgeVision.IntegrationTests; do
  timeout --kill-after=10 40m "tests/$project/bin/Release/net10.0/$project" -noColor -result-xml "$results/$project.xml" "$@"
  code=$?
  if [ ! -s "$results/$project.xml" ]; then
    echo "$project ended with code $code and left no results." >&2
    printf '<assembly passed="0" failed="1" skipped="0" errors="0"/>' > "$results/$project.xml"
  fi
  [ $code -eq 0 ] || status=1
done

# A suite that not every machine can run: where it cannot, its script says why, and that counts as one skipped test.
where_possible() {
  local name=$1 code=0
  shift
  "$@" -result-xml "$results/$name.xml" || code=$?
  if [ $code -eq 77 ]; then
    printf '<assembly passed="0" failed="0" skipped="1" errors="0"/>' > "$results/$name.xml"
  elif [ ! -s "$results/$name.xml" ]; then
    echo "The $name tests ended with code $code and left no results." >&2
    printf '<assembly passed="0" failed="1" skipped="0" errors="0"/>' > "$results/$name.xml"
  elif [ $code -ne 0 ]; then
    status=1
  fi
}

# Filtered runs are about something else.
if [ $# -eq 0 ]; then
  where_possible arm64 tests/arm64/run -namespace EdgeVision.Tests.Inference -namespace EdgeVision.Tests.Motion -namespace EdgeVision.Tests.Frames    # the kernels again, as arm64 code under qemu: the AdvSimd paths
  EDGEVISION_PACKAGING_FRAMES=${EDGEVISION_PACKAGING_FRAMES:-2} EDGEVISION_TESTS_BUILT=1 where_possible packaging tests/packaging/run         # the build steps of Dockerfile.arm64, and what they make, under qemu
  EDGEVISION_DEVICE_TESTS_BUILT=1 where_possible device tests/device/run        # cameras and GPIO lines: real drivers, in a guest kernel
fi

# Sums one attribute over the <assembly …> elements.
total() { grep -ho '<assembly [^>]*' "$results"/*.xml | grep -o " $1=\"[0-9]*\"" | grep -o '[0-9]*' | awk '{s+=$1} END {print s+0}'; }
passed=$(total passed); failed=$(( $(total failed) + $(total errors) )); skipped=$(total skipped)
[ "$failed" -eq 0 ] || status=1
[ "$passed" -gt 0 ] || status=1
echo "$passed passed, $failed failed, $skipped skipped"
exit $status
