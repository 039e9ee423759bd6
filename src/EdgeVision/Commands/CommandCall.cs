namespace EdgeVision.Commands;

/// <summary>One call and, once there is one, its answer, which goes to whoever asked last: a repeat comes over a new link, and the old one is dead.</summary>
/// <param name="request">The caller's id.</param>
/// <param name="name">Of the command.</param>
/// <param name="fingerprint">Of the arguments.</param>
internal sealed class CommandCall(string request, string name, byte[] fingerprint)
{
    private readonly Lock _gate = new();
    private Func<CommandAnswer, Task>? _recipient;
    private CommandAnswer? _answer;

    public string Request => request;

    public string Name => name;

    /// <summary>Bytes that its answer takes; 0 before.</summary>
    public int Bytes { get; private set; }

    /// <summary>How long the answer is good for a repeat, as <see cref="TimeProvider.GetTimestamp"/>; null before there is one.</summary>
    public long? KeptUntil { get; set; }

    public bool IsLike(string otherName, ReadOnlySpan<byte> otherFingerprint) => otherName == name && otherFingerprint.SequenceEqual(fingerprint);

    /// <summary>From now on the answer is for <paramref name="recipient"/>: the answer, when there is one to be sent at once.</summary>
    public CommandAnswer? Redirect(Func<CommandAnswer, Task> recipient)
    {
        lock (_gate)
        {
            _recipient = recipient;
            return _answer;
        }
    }

    /// <summary>Who is to be told.</summary>
    public Func<CommandAnswer, Task>? Finish(CommandAnswer answer)
    {
        lock (_gate)
        {
            (_answer, Bytes) = (answer, answer.Body.Length);
            return _recipient;
        }
    }
}
