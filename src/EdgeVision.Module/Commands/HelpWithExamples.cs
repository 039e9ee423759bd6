using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace EdgeVision.Module.Commands;

/// <summary>The library's help, and below it what one would type.</summary>
internal sealed class HelpWithExamples : SynchronousCommandLineAction
{
    private readonly HelpAction _help = new();

    public override bool Terminating => true;

    public override int Invoke(ParseResult parseResult)
    {
        var code = _help.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (var line in For(string.Join(' ', PathOf(parseResult)))) output.WriteLine($"  {line}");
        output.WriteLine();
        return code;
    }

    /// <summary>The command and those above it, as typed: "model", "list"; empty for none.</summary>
    public static IReadOnlyList<string> PathOf(ParseResult parsed)
    {
        var path = new List<string>();
        for (var at = parsed.CommandResult; at is not null && at != parsed.RootCommandResult; at = at.Parent as CommandResult) path.Insert(0, at.Command.Name);
        return path;
    }

    private static string[] For(string command) => command switch
    {
        "demo" => ["edgevision demo", "edgevision demo --frames 100 --report report.json"],
        "run" =>
        [
            "edgevision run --config node.json",
            "edgevision run --camera door=file:door.mjpeg?loop=true --camera test:pattern",
            "edgevision run --camera dir:pictures?fps=2 --mqtt mqtts://broker.local --mqtt-ca ca.pem --mqtt-user press-4 --mqtt-password-file password",
        ],
        "detect" => ["edgevision detect photo.jpg", "edgevision detect photos/ --format json > objects.jsonl", "edgevision detect photo.jpg --save annotated"],
        "eval" =>
        [
            "edgevision eval --images val2017 --annotations instances_val2017.json --report figures.json",
            "edgevision eval --images photos --annotations labels --model models/mine --plots plots --write-thresholds",
            "edgevision eval --images val2017 --annotations instances_val2017.json --from-detections detections.json",
        ],
        "bench" => ["edgevision bench", "edgevision bench --width 1920 --height 1080 --pixel-format nv12 --frames 1000", "edgevision bench --model my-model --threads 1 --report bench.json"],
        "model" => ["edgevision model list", "edgevision model inspect yolox_s.onnx", "edgevision model add my-model.onnx --manifest rest.json"],
        "model list" => ["edgevision model list", "edgevision model list --data /data --format json"],
        "model inspect" => ["edgevision model inspect nanodet-g-416", "edgevision model inspect yolox_s.onnx --manifest rest.json --format json"],
        "model verify" => ["edgevision model verify nanodet-g-416", "edgevision model verify path/to/package --report checks.json"],
        "model pack" => ["edgevision model pack path/to/package", "edgevision model pack path/to/package --output mine-2.0.evmodel --sign fleet.key"],
        "model keygen" => ["edgevision model keygen fleet          # fleet.key signs, fleet.pub goes to EdgeVision:Models:TrustedKeys"],
        "model add" =>
        [
            "edgevision model add path/to/package",
            "edgevision model add mine-2.0.evmodel --config node.json",
            "edgevision model add https://host/mine-2.0.evmodel --sha256 SUM",
            "edgevision model add yolox_s.onnx --manifest rest.json --data /data",
        ],
        "model remove" => ["edgevision model remove my-model@1.0", "edgevision model remove my-model --config node.json"],
        "camera" => ["edgevision camera list", "edgevision camera show /dev/video0", "edgevision camera snapshot /dev/video0"],
        "camera list" => ["edgevision camera list", "edgevision camera list --report cameras.json"],
        "camera show" => ["edgevision camera show /dev/video0", "edgevision camera show /dev/v4l/by-id/usb-046d_HD_Pro_Webcam-video-index0 --report camera.json"],
        "camera snapshot" =>
        [
            "edgevision camera snapshot /dev/video0",
            "edgevision camera snapshot \"v4l2:///dev/video0?width=1280&height=720\" --output door.png",
            "edgevision camera snapshot --config node.json --camera door",
        ],
        "secret" or "secret encrypt" => ["printf %s PASSWORD | edgevision secret encrypt > /data/door.password"],
        "healthcheck" => ["edgevision healthcheck", "edgevision healthcheck --ready --port 9601"],
        "simulate" =>
        [
            "edgevision simulate --dir /tmp/edge          # then, in another shell: . /tmp/edge/env && edgevision run --camera test:pattern",
            "edgevision simulate --dir /tmp/edge --port 0 --control http://127.0.0.1:0 --route events=commands --fault chunked",
        ],
        "gpio" or "gpio list" => ["edgevision gpio list", "edgevision gpio list --report lines.json"],
        "gpio latency" =>
        [
            "edgevision gpio latency --camera v4l2:///dev/video0 --trigger gpiochip0/17",
            "edgevision gpio latency --camera v4l2:///dev/video0 --trigger GPIO17 --output GPIO22 --pulses 200 --report latency.json",
        ],
        "outbox" => ["edgevision outbox stat --data /data", "edgevision outbox list --dead", "edgevision outbox export --output events.jsonl"],
        "outbox stat" => ["edgevision outbox stat --data /data", "edgevision outbox stat --config node.json --json"],
        "outbox list" => ["edgevision outbox list --from 1200 --to 1300", "edgevision outbox list --family rule --limit 20", "edgevision outbox list --dead --json"],
        "outbox export" => ["edgevision outbox export --data /data > events.jsonl", "edgevision outbox export --from 1200 --to 1300 --output gap.jsonl"],
        "outbox purge" => ["edgevision outbox purge --data /data --family frame --yes", "edgevision outbox purge --data /data --dead"],
        "outbox replay" => ["edgevision outbox replay mqtt --data /data --from 1200 --yes"],
        "doctor" => ["edgevision doctor", "edgevision doctor --config node.json --report findings.json"],
        _ => ["edgevision demo", "edgevision run --camera door=file:clip.mjpeg?loop=true", "edgevision detect photo.jpg --save out"],
    };
}
