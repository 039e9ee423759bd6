using EdgeVision.Commands;
using EdgeVision.Configuration;
using EdgeVision.Delivery;
using EdgeVision.Events;
using EdgeVision.Models;
using EdgeVision.Module.Display;
using EdgeVision.Module.Doctor;
using EdgeVision.Module.Privacy;
using EdgeVision.Module.Remote;
using EdgeVision.Outputs;
using EdgeVision.Rollout;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.IntegrationTests.Module.Remote;

/// <summary>A node whose camera has ended and whose output is a double: commands without a process around them.</summary>
internal sealed class StillNode : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Outbox _outbox;
    private readonly OutputSwitch _lamp;

    /// <param name="keepsDelivered">As by default; otherwise what every sink has had is gone at once.</param>
    public StillNode(bool keepsDelivered = true)
    {
        var outbox = OptionsReader.Defaults(OutboxOptions.Read);
        if (!keepsDelivered) outbox = outbox with { Quota = outbox.Quota with { KeepDelivered = TimeSpan.Zero } };
        var identity = new NodeIdentity("press-4", "edgevision", "3f2a91c0aa11", static () => true);
        _outbox = Outbox.Open(_folder.Path, outbox, identity, ["mqtt"], TimeProvider.System, NullLogger.Instance);
        _lamp = new OutputSwitch("lamp", static () => new Line(), static _ => null, TimeSpan.Zero, TimeSpan.Zero, Time, NullLogger.Instance);
        Telemetry.Camera("door").Ended();
        Telemetry.Sink("mqtt").CountAccepted(3);
        Level = new LogLevelSwitch(LogLevel.Information, Time);
        Tail = new LogTail(5, LogLevel.Trace, Time, LogArguments.MaxLines);
        Commands = new RemoteCommands(new RemoteNode
        {
            Identity = identity,
            Telemetry = Telemetry,
            Outbox = _outbox,
            Door = new PictureDoor(() => Privacy),
            DataFolder = _folder.Path,
            Cameras = () => ["door"],
            Camera = name => name == "door" ? Door : null,
            Outputs = () => ["lamp"],
            Output = name => name == "lamp" ? _lamp : null,
            Model = () => new ModelIdentity("tiny", "1.0", new string('a', 64), ["person"]),
            Link = () => null,
            LogLevel = Level,
            Log = Tail,
            Examine = _ => Task.FromResult<IReadOnlyList<Finding>>([Finding.Ok("clock", "It is late."), Finding.Fail("camera door", "rtsp://user:secret@host refused.", "Mend it.")]),
            ReloadModel = () => CommandAnswer.Of(202, _ => { }),
            Rollout = () => RolloutState.Idle,
            UpdateModel = (_, _) => null,
            Time = Time,
            Logger = Tail.CreateLogger("commands"),
        });
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 23, 6, 0, 0, TimeSpan.Zero));

    public Telemetry Telemetry { get; } = new();

    public Outbox Outbox => _outbox;

    public PrivacyOptions Privacy { get; set; } = OptionsReader.Defaults(PrivacyOptions.Read);

    public CameraRequests Door { get; } = new("door");

    public LogLevelSwitch Level { get; }

    public LogTail Tail { get; }

    public RemoteCommands Commands { get; }

    public async ValueTask DisposeAsync()
    {
        await Commands.DisposeAsync();
        _lamp.Dispose();
        Level.Dispose();
        Tail.Dispose();
        await _outbox.DisposeAsync();
        _folder.Dispose();
    }

    private sealed class Line : IOutputLine
    {
        public void Write(bool active)
        {
        }

        public void Dispose()
        {
        }
    }
}
