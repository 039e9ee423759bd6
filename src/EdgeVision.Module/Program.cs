using EdgeVision;
using EdgeVision.Azure.Hub;
using EdgeVision.Capture;
using EdgeVision.Capture.Gpio;
using EdgeVision.Delivery;
using EdgeVision.Events;
using EdgeVision.Module;
using EdgeVision.Module.Commands;
using EdgeVision.Module.Display;
using EdgeVision.Mqtt;
using EdgeVision.Onnx;

return await CommandLine.InvokeAsync(args, RunNodeAsync);

// The nouns, in the order of the data. CameraLoop has the verbs.
static async Task RunNodeAsync(NodeRequest request, CancellationToken stop)
{
    var time = TimeProvider.System;
    var settings = Settings.Load(request, Settings.ProcessEnvironment());       // throws once, listing every mistake
    var options = settings.Options;
    var telemetry = new Telemetry();
    var login = request.Demo ? null : HubDoor.Login(Settings.ProcessEnvironment(), time);
    var node = HubDoor.Node(login, settings);

    await using var screen = Screen.Open(request.Demo, options.LogLevel, telemetry, time);
    var logs = screen.Logs;
    using var budget = new FrameBudget(request.Frames);
    using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stop, budget.Spent);

    using var data = settings.DataDirectory is { } folder ? DataFolder.Open(folder) : DataFolder.OpenTemporary();
    var package = settings.Model.Load();
    ModelAssumptions.Log(logs.CreateLogger("model"), package);
    using var model = OnnxModel.Open(package, options.Inference, logs.CreateLogger("model"), data.Cache);
    settings.CheckClasses(model.Package.Identity);
    await using var outbox = Outbox.Open(data.Path, options.Outbox, node, login is null ? [Deliveries.Mqtt] : [Deliveries.Mqtt, Deliveries.IotHub], time, logs.CreateLogger("outbox"));
    await using var broker = options.Mqtt.Host is null ? await EmbeddedBroker.StartAsync(options.Mqtt.EmbeddedPort, time, logs.CreateLogger("broker")) : null;
    var mqtt = broker is null ? options.Mqtt : options.Mqtt.AtLoopback(broker.Port);

    // capture -> decode -> preprocess -> infer -> decode -> filter -> sample -> outbox
    await outbox.AppendAsync(NodeEvents.Started(time, options), stop);
    var gpio = new GpioLines(logs.CreateLogger("gpio"));
    using var switchboard = new Switchboard(options, model.Package.Identity.Labels, gpio.OpenOutput, gpio.OpenInput, telemetry, time, logs);
    await using var cameras = new Cameras(options, model, outbox, telemetry, budget, gpio, switchboard, time, logs);
    cameras.Start();

    // outbox -> sinks, each at its own pace, each with its own cursor
    var hubOptions = options.IotHub with { ProductInfo = $"EdgeVision/{Product.Version}" };
    await using var hub = login is null ? null : new IotHubConnection(login, hubOptions, certificate: null, time, logs.CreateLogger("iothub"));
    await using var links = new Supervisor(time, logs.CreateLogger("supervisor"));
    await using var deliveries = new Deliveries(outbox, telemetry, time, logs);
    var mqttSink = new MqttSink(mqtt, node, time, logs.CreateLogger("mqtt"));
    deliveries.Start(Deliveries.Mqtt, mqttSink);
    if (hub is not null)
    {
        links.Run("iot hub", hub.RunAsync, new RetrySchedule(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60), Random.Shared));
        deliveries.Start(Deliveries.IotHub, new IotHubSink(hub, hubOptions, time));
    }

    screen.Show(new NodeFacts(node.DeviceId, model.Package.Identity, mqtt, mqttSink.Topics, outbox, embedded: broker is not null));
    await cameras.UntilEndedAsync(stopping.Token);

    // The same order again: no more frames, the last event, what is left goes out, and a disk that refuses has the rest of the 10 s.
    using var deadline = StopTime.Deadline(time);
    await cameras.DisposeAsync();
    switchboard.Dispose();
    await StopTime.ForDiskAsync(outbox.AppendAsync(NodeEvents.Stopped(time), CancellationToken.None), time);
    await deliveries.DrainAsync();
    await screen.EndAsync();
    if (request.Report is not null) ReportFile.Write(request.Report, RunReport.Of(telemetry, outbox, hub is not null, model.Package.Identity, time).WriteTo);
    await deliveries.DisposeAsync();
    await outbox.CloseAsync(deadline.Token);
}
