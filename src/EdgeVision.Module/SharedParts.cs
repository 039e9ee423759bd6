using EdgeVision.Capture.Gpio;
using EdgeVision.Delivery;
using EdgeVision.Module.Cloud;
using EdgeVision.Module.Evidence;
using EdgeVision.Module.Live;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module;

/// <summary>What all cameras of a node have in common. Relative paths of their addresses start at the base directory; all of it outlives them.</summary>
internal sealed record SharedParts(
    string BaseDirectory, LiveModel Model, Outbox Outbox, Telemetry Telemetry, FrameBudget Budget, GpioLines Gpio, Switchboard Switchboard, TimeProvider Time, ILoggerFactory Logs)
{
    /// <summary>Of passwords at rest; null without an IoT Edge runtime.</summary>
    public Func<string, (string? Password, string? Error)>? Decrypt { get; init; }

    /// <summary>Questions to the cloud.</summary>
    public Escalations? Escalations { get; init; }

    /// <summary>For pictures of events; null for none ever.</summary>
    public EvidenceParts? Evidence { get; init; }
}
