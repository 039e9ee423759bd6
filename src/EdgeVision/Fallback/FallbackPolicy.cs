using EdgeVision.Inference;

namespace EdgeVision.Fallback;

/// <summary>
/// Decides for each frame whether the cloud is worth asking and may be asked. Knows no network: what it is told is the clock, what was seen and what was spent. Any thread.
/// </summary>
/// <param name="time">Measures gaps and windows.</param>
/// <param name="lot">0..1, for audits.</param>
/// <param name="telemetry">Counts every decision.</param>
public sealed class FallbackPolicy(TimeProvider time, Func<double> lot, FallbackTelemetry telemetry)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1), Day = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private readonly Queue<long> _calls = new();
    private readonly Queue<(long At, long Bytes)> _sent = new();
    private readonly Dictionary<string, long> _last = new(StringComparer.Ordinal);
    private long _bytes;

    /// <summary>The reason to ask, which a question of <see cref="TrySpend"/> should follow; None when there is none, or when a limit keeps it back.</summary>
    /// <param name="options">In force.</param>
    /// <param name="camera">Its name.</param>
    /// <param name="found">After all filters, best first.</param>
    /// <param name="labels">Of the class ids.</param>
    /// <param name="subject">Index of the object that the question is about; -1 for all of them.</param>
    public FallbackReason Decide(FallbackOptions options, string camera, ReadOnlySpan<Detection> found, IReadOnlyList<string> labels, out int subject)
    {
        ArgumentNullException.ThrowIfNull(options);
        var reason = ReasonOf(options, found, labels, out subject);
        if (reason is FallbackReason.None) return reason;
        if (Limit(options, camera) is { } limit)
        {
            telemetry.CountHeldBack(limit);
            return FallbackReason.None;
        }

        return reason;
    }

    /// <summary>A question of so many bytes goes out; false, and counted, when the budget does not have it.</summary>
    public bool TrySpend(FallbackOptions options, string camera, FallbackReason reason, long bytes)
    {
        ArgumentNullException.ThrowIfNull(options);
        lock (_gate)
        {
            Forget();
            var limit = _calls.Count >= options.CallsPerHour ? FallbackLimit.Calls : _bytes + bytes > options.BytesPerDay ? FallbackLimit.Bytes : (FallbackLimit?)null;
            if (limit is { } reached)
            {
                telemetry.CountHeldBack(reached);
                return false;
            }

            var now = time.GetTimestamp();
            _calls.Enqueue(now);
            _sent.Enqueue((now, bytes));
            _bytes += bytes;
            _last[camera] = now;
        }

        telemetry.CountAsked(reason, bytes);
        return true;
    }

    private FallbackReason ReasonOf(FallbackOptions options, ReadOnlySpan<Detection> found, IReadOnlyList<string> labels, out int subject)
    {
        subject = -1;
        for (var i = 0; i < found.Length; i++)
        {
            if (found[i].Confidence < options.UncertainFrom || found[i].Confidence >= options.UncertainTo) continue;
            subject = i;
            return FallbackReason.Uncertain;
        }

        for (var i = 0; i < found.Length && options.Classes.Count > 0; i++)
        {
            if (!Contains(options.Classes, labels[found[i].ClassId])) continue;
            subject = i;
            return FallbackReason.Class;
        }

        return found.Length > 0 && options.AuditShare > 0 && lot() < options.AuditShare ? FallbackReason.Audit : FallbackReason.None;
    }

    /// <summary>No LINQ: asked for each frame.</summary>
    private static bool Contains(IReadOnlyList<string> classes, string label)
    {
        for (var i = 0; i < classes.Count; i++)
        {
            if (classes[i].Equals(label, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    private FallbackLimit? Limit(FallbackOptions options, string camera)
    {
        lock (_gate)
        {
            if (_last.TryGetValue(camera, out var last) && time.GetElapsedTime(last) < options.MinimumGap) return FallbackLimit.Gap;
            Forget();
            return _calls.Count >= options.CallsPerHour ? FallbackLimit.Calls : _bytes >= options.BytesPerDay ? FallbackLimit.Bytes : null;
        }
    }

    private void Forget()
    {
        while (_calls.TryPeek(out var call) && time.GetElapsedTime(call) >= Hour) _calls.Dequeue();
        while (_sent.TryPeek(out var sent) && time.GetElapsedTime(sent.At) >= Day)
        {
            _sent.Dequeue();
            _bytes -= sent.Bytes;
        }
    }
}
