namespace EdgeVision.Frames;

/// <summary>
/// The privacy mask of a camera, which may be exchanged while frames flow: one volatile reference. A frame takes the one that is there when its
/// pixels are first looked at, so that after an exchange nothing is seen any more that the new mask hides.
/// </summary>
/// <param name="current">The first one; null hides nothing.</param>
public sealed class LivePrivacyMask(PrivacyMask? current = null)
{
    private volatile PrivacyMask? _current = current;

    /// <summary>Null hides nothing.</summary>
    public PrivacyMask? Current
    {
        get => _current;
        set => _current = value;
    }

    /// <summary>Held while a frame is masked: who looks at it at the same time waits.</summary>
    internal Lock Gate { get; } = new();
}
