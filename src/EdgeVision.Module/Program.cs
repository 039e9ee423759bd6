using EdgeVision;
using EdgeVision.Azure.Hub;
using EdgeVision.Capture.Gpio;
using EdgeVision.Commands;
using EdgeVision.Delivery;
using EdgeVision.Module;
using EdgeVision.Module.Cloud;
using EdgeVision.Module.Commands;
using EdgeVision.Module.Display;
using EdgeVision.Module.Evidence;
using EdgeVision.Module.Health;
using EdgeVision.Module.Live;
using EdgeVision.Module.Local;
using EdgeVision.Module.Privacy;
using EdgeVision.Module.Remote;
using EdgeVision.Module.Rollout;
using EdgeVision.Mqtt;

return await CommandLine.InvokeAsync(args, RunNodeAsync);

// The nouns, in the order of the data. CameraLoop has the verbs.
static async Task RunNodeAsync(NodeRequest request, CancellationToken stop)
{
    var time = TimeProvider.System;
    var telemetry = new Telemetry();
    var login = request.Demo ? null : HubDoor.Login(Settings.ProcessEnvironment(), time);
    var local = Settings.Load(request, Settings.ProcessEnvironment(), camerasRequired: login is null);       // throws once, listing every mistake

    await using var screen = Screen.Open(request.Demo, local.Options.LogLevel, telemetry, time);
    var logs = screen.Logs;
    using var budget = new FrameBudget(request.Frames);
    using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stop, budget.Spent);

    using var data = local.DataDirectory is { } folder ? DataFolder.Open(folder) : DataFolder.OpenTemporary();
    var settings = new LiveSettings(local, login is null ? null : new TwinFile(data.Path, login.Identity), logs.CreateLogger("configuration"));
    var journal = RolloutJournal.Open(data.Path, settings.Current, logs.CreateLogger("rollout"));
    using var model = new LiveModel(settings, journal, data.Cache, time, logs.CreateLogger("model"));
    var options = settings.Current.Options;
    screen.Level.Configure(options.LogLevel);
    var node = HubDoor.Node(login, settings.Current);
    await using var outbox = Outbox.Open(data.Path, options.Outbox, node, Sinks.Names(options, hasHub: login is not null), time, logs.CreateLogger("outbox"));
    await using var broker = new LocalBroker(time, logs.CreateLogger("broker"));
    var mqtt = await broker.PrepareAsync(options.Mqtt);

    // capture -> decode -> preprocess -> infer -> decode -> filter -> sample -> outbox
    await outbox.AppendAsync(NodeEvents.Started(time, options), stop);
    var gpio = new GpioLines(logs.CreateLogger("gpio"));
    using var switchboard = new Switchboard(options, model.Current.Package.Identity.Labels, gpio.OpenOutput, gpio.OpenInput, telemetry, time, logs);
    var kept = new EvidenceFolder(data.Path, () => settings.Current.Options.Evidence, time, telemetry.Evidence, logs.CreateLogger("evidence"));
    var evidence = new EvidenceParts(node.DeviceId, new PictureDoor(() => settings.Current.Options.Privacy), kept, () => settings.Current.Options.Evidence, telemetry.Evidence, logs.CreateLogger("evidence"));
    var escalations = new Escalations(() => settings.Current.Options.Cloud, evidence.Door, outbox, telemetry, time, logs.CreateLogger("cloud"));
    var shared = new SharedParts(options.BaseDirectory, model, outbox, telemetry, budget, gpio, switchboard, time, logs) { Decrypt = SecretCommand.DecryptorOf(login, stop), Evidence = evidence, Escalations = escalations };
    await using var cameras = new Cameras(shared, mayGrow: login is not null);
    cameras.Start(options);

    // outbox -> sinks, each at its own pace, each with its own cursor
    var hubOptions = options.IotHub with { ProductInfo = $"EdgeVision/{Product.Version}" };
    var usage = new HubUsage(time);
    await using var hub = login is null ? null : new IotHubConnection(login, hubOptions, time, logs.CreateLogger("iothub"));
    await using var deliveries = new Deliveries(outbox, telemetry, time, logs);
    var sinks = new Sinks(outbox, deliveries, telemetry, node, time, logs);
    await sinks.ApplyAsync(options, mqtt);
    if (hub is not null) deliveries.Start(Deliveries.IotHub, PresetSink.Of(hubOptions.Preset, new IotHubSink(hub, hubOptions, usage, time)), hubOptions.Delivery, Retries.OfHubEvents());

    // pictures of events -> their container
    await using var errands = new Supervisor(time, logs.CreateLogger("supervisor"));
    errands.Run("evidence", new EvidenceUploads(evidence, () => !settings.Current.Options.Privacy.MetadataOnly, time).RunAsync, Retries.OfLinks());

    // doubts -> the cloud -> verdicts
    errands.Run("cloud", escalations.RunAsync, Retries.OfLinks());

    // desired properties -> settings -> reported properties
    using var reconfiguration = new Reconfiguration(settings, model, switchboard, cameras, shared, broker, sinks, screen.Level, node);

    // a new model -> tested -> shadow -> cameras -> watched
    var rollout = new RolloutLoop(journal, settings, model, reconfiguration, node.DeviceId, outbox, time, logs.CreateLogger("rollout"));
    errands.Run("model update", rollout.RunAsync, Retries.OfLinks());

    // methods, the input `commands`, the broker's cmd/… -> what the node can be asked
    var asked = logs.CreateLogger("commands");
    await using var reload = new ModelReload(reconfiguration.ReloadModelAsync, time, asked);
    var remote = RemoteNode.Of(shared, settings, model, cameras, screen, node, data.Path, () => hub?.Status, reload.Begin, journal, rollout.Order);
    await using var commands = new RemoteCommands(remote);
    await using var calls = new CommandDesk(commands.RunAsync, time, asked);
    using var states = new CameraStates(telemetry, () => cameras.Names, cameras.Requests, () => model.Current.Package.Identity, time);
    var home = new HomeAssistantBoard(() => settings.Current.Options, () => model.Current.Package.Identity, node, logs.CreateLogger("homeassistant"));
    remote.Pictured = home.Keep;
    await using var desk = new LocalDesk(node, states, home, calls, time, logs);
    desk.Start(mqtt);
    reconfiguration.MqttChanged = desk.ReplaceAsync;
    await using var links = new Supervisor(time, logs.CreateLogger("supervisor"));
    if (hub is not null)
    {
        var twin = new ModuleTwin(hubOptions, time, logs.CreateLogger("twin"));
        var loop = new TwinLoop(twin, settings, model, journal, reconfiguration, telemetry, outbox, time, logs.CreateLogger("twin"));
        links.Run("iot hub", stopping => hub.RunAsync(new HubDesk(twin, new MethodDesk(calls, asked)), stopping), Retries.OfLinks());
        links.Run("module twin", loop.TakeAsync, Retries.OfLinks());
        links.Run("twin report", loop.ReportAsync, Retries.OfLinks());
    }

    // how the node is, for whoever asks
    await using var doors = new Supervisor(time, logs.CreateLogger("supervisor"));
    if (!request.Demo && options.Http.Port > 0)
    {
        var health = new NodeHealth(telemetry, outbox, () => hub?.Status, time);
        var metrics = new MetricsPage(telemetry, outbox, node, () => model.Current.Package.Identity, login?.Identity.HubHost ?? "", () => hub?.Status, usage, data.Path, time);
        var pages = new Dictionary<string, Func<HttpPage>>(StringComparer.Ordinal) { ["/healthz"] = health.Healthz, ["/readyz"] = health.Readyz, ["/metrics"] = metrics.Write };
        var http = new HttpDoor(options.Http, pages, time, logs.CreateLogger("http"));
        doors.Run("health and metrics", stopping => http.RunAsync(stopping), Retries.OfCameras());
    }

    screen.Show(new NodeFacts(node.DeviceId, () => model.Current.Package.Identity, mqtt, new EventTopics(mqtt.TopicPrefix, node.DeviceId), outbox, broker.IsEmbedded, hub is null ? null : new HubFacts(hub.Identity.Host, () => hub.Status)));
    await cameras.UntilEndedAsync(stopping.Token);

    // The same order again: no more frames, the last event, what is left goes out, and a disk that refuses has the rest of the 10 s.
    using var deadline = StopTime.Deadline(time);
    await cameras.DisposeAsync();
    switchboard.Dispose();
    await StopTime.ForDiskAsync(outbox.AppendAsync(NodeEvents.Stopped(time), CancellationToken.None), time);
    await deliveries.DrainAsync();
    await screen.EndAsync();
    if (request.Report is not null) ReportFile.Write(request.Report, RunReport.Of(telemetry, outbox, hub is null ? null : usage, model.Current.Package.Identity, time).WriteTo);
    await deliveries.DisposeAsync();
    await desk.DisposeAsync();
    await outbox.CloseAsync(deadline.Token);
}
