using System.CommandLine;

namespace EdgeVision.Module.Commands;

/// <summary><c>demo</c> and <c>run</c>: the same node, once with everything given, once with everything chosen.</summary>
internal static class NodeCommands
{
    private static readonly string[] NoCameras = [];

    public static Command Demo(Func<NodeRequest, CancellationToken, Task> runNode)
    {
        var port = Port();
        var (frames, report, data, noPage) = (Frames(), Report(), Data("a temporary folder, removed at the end"), NoPage());
        var demo = new Command("demo",
            "The whole thing with nothing to install: a bundled clip, a bundled model, an embedded MQTT broker. Ends by Ctrl-C.")
        {
            frames, report, port, data, noPage,
        };
        demo.SetAction((parsed, stopping) => runNode(
            new NodeRequest
            {
                Demo = true,
                Frames = parsed.GetValue(frames),
                Report = parsed.GetValue(report),
                BrokerPort = parsed.GetValue(port),
                DataDirectory = parsed.GetValue(data),
            },
            stopping));
        return demo;
    }

    public static Command Run(Func<NodeRequest, CancellationToken, Task> runNode)
    {
        var config = new Option<string?>("--config", "-c") { Description = "Configuration file (docs/configuration.md)", HelpName = "FILE" };
        var cameras = new Option<string[]>("--camera")
        {
            Description = "A camera, repeatable: file:clip.mjpeg?loop=true&fps=10, dir:pictures?fps=2, test:pattern?width=640&height=480&fps=30",
            HelpName = "[NAME=]URI",
            DefaultValueFactory = _ => NoCameras,
        };
        var (model, manifest) = (Model(), Manifest());
        var mqtt = new Option<string?>("--mqtt") { Description = "External broker, HOST[:PORT] or mqtts://HOST[:PORT]; without one a broker on loopback is embedded", HelpName = "HOST[:PORT]" };
        var user = new Option<string?>("--mqtt-user") { Description = "User at the broker; its password comes from --mqtt-password-file or EDGEVISION__MQTT__PASSWORD", HelpName = "USER" };
        var password = new Option<string?>("--mqtt-password-file") { Description = "File that holds the password", HelpName = "FILE" };
        var ca = new Option<string?>("--mqtt-ca") { Description = "PEM file of the CA that signed the broker's certificate; switches TLS on", HelpName = "FILE" };
        var certificate = new Option<string?>("--mqtt-cert") { Description = "PEM file of our client certificate; switches TLS on", HelpName = "FILE" };
        var key = new Option<string?>("--mqtt-key") { Description = "PEM file of its private key, for --mqtt-cert", HelpName = "FILE" };
        var port = Port();
        var (frames, report, data, noPage) = (Frames(), Report(), Data("edgevision-data beside the configuration"), NoPage());
        var run = new Command("run",
            "Runs the node: cameras from the configuration file or --camera, events to an MQTT broker. Ends by Ctrl-C, SIGTERM, after --frames, or when every clip has ended.")
        {
            config, cameras, model, manifest, mqtt, user, password, ca, certificate, key, port, data, frames, report, noPage,
        };
        run.SetAction((parsed, stopping) => runNode(
            new NodeRequest
            {
                Config = parsed.GetValue(config),
                Cameras = parsed.GetValue(cameras) ?? [],
                Model = parsed.GetValue(model),
                ModelManifest = parsed.GetValue(manifest),
                DataDirectory = parsed.GetValue(data),
                Mqtt = parsed.GetValue(mqtt),
                MqttUser = parsed.GetValue(user),
                MqttPasswordFile = parsed.GetValue(password),
                MqttCa = parsed.GetValue(ca),
                MqttCertificate = parsed.GetValue(certificate),
                MqttKey = parsed.GetValue(key),
                BrokerPort = parsed.GetValue(port),
                Frames = parsed.GetValue(frames),
                Report = parsed.GetValue(report),
            },
            stopping));
        return run;
    }

    public static Option<string?> Model() => new("--model", "-m") { Description = "Folder with a model.json, an .onnx file, or NAME[@VERSION] of a bundled or added model (nanodet-g-416)", HelpName = "MODEL" };

    public static Option<string?> Manifest() => new("--manifest") { Description = "For an .onnx file that says too little about itself: a JSON file with the missing keys of model.json", HelpName = "FILE" };

    private static Option<long?> Frames() =>
        NumberOption.Create("--frames", "N", 1L, 1_000_000_000_000L, "End after so many frames went through the detector");

    private static Option<int?> Port() =>
        NumberOption.Create("--port", "PORT", 0, 65535, "Port of the embedded MQTT broker on loopback, 1883 by default; a free one when it is taken, or for 0");

    private static Option<string?> Report() => new("--report") { Description = "Write the run's figures as JSON", HelpName = "FILE" };

    private static Option<string?> Data(string otherwise) => new("--data") { Description = $"Folder of the outbox; otherwise {otherwise}", HelpName = "DIR" };

    private static Option<bool> NoPage() => new("--no-page") { Description = "Accepted for scripts: this version has no local page" };
}
