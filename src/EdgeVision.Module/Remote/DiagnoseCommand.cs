using EdgeVision.Commands;
using EdgeVision.Configuration;
using EdgeVision.Module.Doctor;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module.Remote;

/// <summary><c>diagnose</c>: the doctor's checks. One examination at a time; who asks meanwhile gets the same one.</summary>
internal sealed partial class DiagnoseCommand(RemoteNode node) : IAsyncDisposable
{
    /// <summary>Then the caller is told that it goes on; he waits half a minute at most.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private Task<IReadOnlyList<Finding>>? _running;

    public static bool ReadWait(OptionsReader arguments) => arguments.Flag("wait", true, "false answers at once; the findings are logged, and a later call gets them if the checks still run.");

    public async ValueTask<CommandAnswer> RunAsync(bool wait, CancellationToken stopping)
    {
        var examination = Begin();
        if (!wait) return UnderWay();
        try
        {
            return Answer(await examination.WaitAsync(Patience, node.Time, stopping));
        }
        catch (TimeoutException)
        {
            return UnderWay();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested) return;
        await _stop.CancelAsync();
        try
        {
            if (_running is { } running) await running.WaitAsync(TimeSpan.FromSeconds(1), node.Time);
        }
#pragma warning disable CA1031 // The node is being stopped, and whoever asked has been told what became of it.
        catch (Exception)
#pragma warning restore CA1031
        {
            // A check that hangs in the kernel ends with the process.
        }
    }

    private Task<IReadOnlyList<Finding>> Begin()
    {
        lock (_gate)
        {
            if (_running is { IsCompleted: false } running) return running;
            return _running = Task.Run(ExamineAsync);
        }
    }

    private async Task<IReadOnlyList<Finding>> ExamineAsync()
    {
        try
        {
            var findings = await node.Examine(_stop.Token);
            var bad = findings.Where(f => f.Level is not FindingLevel.Ok).ToList();
            foreach (var finding in bad) Found(node.Logger, finding.Check, WordOf(finding.Level), finding.Detail, finding.Fix);
            Examined(node.Logger, findings.Count, bad.Count);
            return findings;
        }
        catch (Exception e) when (!_stop.IsCancellationRequested)
        {
            Broke(node.Logger, "diagnose", e);
            throw;
        }
    }

    private static CommandAnswer UnderWay() => CommandAnswer.Of(CommandAnswer.Accepted, json => json.WriteString("state", "The checks run; what they find is logged (getLogs)."));

    private static CommandAnswer Answer(IReadOnlyList<Finding> findings) => CommandAnswer.Of(CommandAnswer.Ok, json =>
    {
        json.WriteBoolean("ok", findings.All(f => f.Level is not FindingLevel.Fail));
        json.WriteStartArray("checks");
        foreach (var finding in findings)
        {
            json.WriteStartObject();
            json.WriteString("check", finding.Check);
            json.WriteString("level", WordOf(finding.Level));
            json.WriteString("detail", LogMask.Apply(finding.Detail));
            if (finding.Fix is { } fix) json.WriteString("fix", LogMask.Apply(fix));
            else json.WriteNull("fix");
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static string WordOf(FindingLevel level) => level switch { FindingLevel.Ok => "ok", FindingLevel.Warn => "warn", _ => "fail" };

    [LoggerMessage(EventIds.DiagnosisFound, LogLevel.Warning, "Diagnosis, {Check}: {Level}. {Detail} {Fix}")]
    private static partial void Found(ILogger log, string check, string level, string detail, string? fix);

    [LoggerMessage(EventIds.Diagnosed, LogLevel.Information, "Diagnosis: {Count} checks were made, {Bad} found something.")]
    private static partial void Examined(ILogger log, int count, int bad);

    [LoggerMessage(EventIds.CommandBroke, LogLevel.Error, "The command {Command} failed in a way it should not; please report this.")]
    private static partial void Broke(ILogger log, string command, Exception e);
}
