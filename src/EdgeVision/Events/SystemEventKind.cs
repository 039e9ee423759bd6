namespace EdgeVision.Events;

/// <summary>What a <see cref="SystemEvent"/> reports.</summary>
public enum SystemEventKind
{
    Started,
    Stopped,
}
