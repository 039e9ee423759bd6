using EdgeVision.Azure.Hub;
using EdgeVision.Delivery;
using EdgeVision.Module.Rollout;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module.Live;

/// <summary>Desired properties become settings, and what became of them is reported, beside how the node is.</summary>
internal sealed partial class TwinLoop
{
    /// <summary>How soon a change of condition is told; the twin itself holds back what comes too fast.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    private readonly ModuleTwin _twin;
    private readonly LiveSettings _settings;
    private readonly LiveModel _model;
    private readonly RolloutJournal _journal;
    private readonly Reconfiguration _node;
    private readonly Telemetry _telemetry;
    private readonly Outbox _outbox;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly TwinReport _report = new();
    private readonly Lock _gate = new();

    public TwinLoop(ModuleTwin twin, LiveSettings settings, LiveModel model, RolloutJournal journal, Reconfiguration node, Telemetry telemetry, Outbox outbox, TimeProvider time, ILogger log)
    {
        (_twin, _settings, _model, _journal, _node, _telemetry, _outbox, _time, _log) = (twin, settings, model, journal, node, telemetry, outbox, time, log);
        _report.Begin(settings.Current.Version, settings.Accepted);
    }

    /// <summary>Takes what the hub wants, one after the other, the newest of several.</summary>
    public async Task TakeAsync(CancellationToken stopping)
    {
        var refused = false;
        while (true)
        {
            var layer = await _twin.NextAsync(stopping);
            var result = await _node.ApplyAsync(layer, stopping);
            lock (_gate) _report.Acknowledge(layer, result, _settings.Current.Version, _settings.Accepted);
            Report();
            if (!result.IsAccepted)
            {
                Rejected(_log, layer.Version, string.Join(" ", result.Mistakes));
                await _outbox.AppendAsync(NodeEvents.ConfigurationRejected(_time, layer.Version, result.Mistakes), stopping);
            }
            else if (result.HasChanged || refused)
            {
                // Without a change, too: whoever heard of the refusal must hear that it is over.
                AcceptedNow(_log, layer.Version, _settings.Current.Version);
                await _outbox.AppendAsync(NodeEvents.ConfigurationAccepted(_time, layer.Version, _settings.Current.Version), stopping);
            }

            refused = !result.IsAccepted;
        }
    }

    /// <summary>Keeps the reported condition up to date.</summary>
    public async Task ReportAsync(CancellationToken stopping)
    {
        using var tick = new PeriodicTimer(LookEvery, _time);
        do Report();
        while (await tick.WaitForNextTickAsync(stopping));
    }

    private void Report()
    {
        lock (_gate) _twin.Report(_report.Write(Product.Version, NodeCondition.Of(_telemetry, _model.Current.Package.Identity, _journal.State)));
    }

    [LoggerMessage(EventIds.TwinAccepted, LogLevel.Information, "The configuration from the hub, version {Version}, is in force ({ConfigVersion}).")]
    private static partial void AcceptedNow(ILogger log, long version, string configVersion);

    [LoggerMessage(EventIds.TwinRejected, LogLevel.Warning, "The configuration from the hub, version {Version}, is refused, and the one before stays: {Mistakes}")]
    private static partial void Rejected(ILogger log, long version, string mistakes);
}
