using System.Security.Cryptography;

namespace EdgeVision.Commands;

/// <summary>
/// Which calls are under way, and the newest answers: who saw a link die delivers a call again, and nothing may happen twice. Any thread.
/// </summary>
/// <remarks>
/// A repeat is the same id with the same name and the same arguments. The id alone is not enough: edgeHub's are UUIDs, but those of IoT Hub may be counters,
/// which begin anew with each connection, and an old answer for a new call would be worse than a call that runs twice. For the same reason answers are kept
/// a minute only where the id is no UUID.
/// </remarks>
internal sealed class CommandMemory(TimeProvider time)
{
    public const int MaxAnswers = 256;

    /// <summary>Pictures are answers, too.</summary>
    public const int MaxBytes = 4 << 20;

    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10), KeptOfCounter = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, CommandCall> _calls = new(StringComparer.Ordinal);
    private readonly Queue<CommandCall> _answered = new();
    private int _bytes;

    /// <summary>The call that this one repeats, or a new one.</summary>
    public CommandCall Find(string request, string name, ReadOnlySpan<byte> arguments, out bool isRepeat)
    {
        var fingerprint = SHA256.HashData(arguments);
        lock (_gate)
        {
            isRepeat = _calls.TryGetValue(request, out var known) && known.IsLike(name, fingerprint) && (known.KeptUntil is not { } until || time.GetTimestamp() < until);
            if (isRepeat) return known!;
            return _calls[request] = new CommandCall(request, name, fingerprint);
        }
    }

    /// <summary>It has its answer.</summary>
    public void Keep(CommandCall call)
    {
        lock (_gate)
        {
            var kept = Guid.TryParse(call.Request, out _) ? Kept : KeptOfCounter;
            call.KeptUntil = time.GetTimestamp() + (long)(kept.TotalSeconds * time.TimestampFrequency);
            _answered.Enqueue(call);
            _bytes += call.Bytes;
            while (_answered.TryPeek(out var oldest) && (_answered.Count > MaxAnswers || _bytes > MaxBytes || time.GetTimestamp() >= oldest.KeptUntil))
            {
                _answered.Dequeue();
                _bytes -= oldest.Bytes;
                Remove(oldest);
            }
        }
    }

    /// <summary>It did not run, so that a repeat may.</summary>
    public void Forget(CommandCall call)
    {
        lock (_gate) Remove(call);
    }

    private void Remove(CommandCall call)
    {
        if (_calls.TryGetValue(call.Request, out var known) && ReferenceEquals(known, call)) _calls.Remove(call.Request);
    }
}
