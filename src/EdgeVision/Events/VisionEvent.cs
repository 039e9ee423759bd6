namespace EdgeVision.Events;

/// <summary>
/// Something worth telling, as it happened; the outbox adds what only it knows (sequence numbers). On the wire:
/// docs/events.md and schemas/.
/// </summary>
public abstract record VisionEvent
{
    private Guid _id;

    /// <summary>UUIDv7, the key by which consumers drop duplicates.</summary>
    public Guid Id
    {
        get => _id == Guid.Empty ? _id = Guid.CreateVersion7(Time) : _id;
        init => _id = value;
    }

    /// <summary>UTC: of capture where a frame is involved, of the occurrence otherwise.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Name of the camera; null when the node speaks of itself.</summary>
    public string? Camera { get; init; }

    public abstract EventFamily Family { get; }

    public virtual Severity Severity => Severity.Info;
}
