namespace EdgeVision.IntegrationTests.Capture;

/// <summary>A head, then the same bytes again and again.</summary>
internal sealed class EndlessStream(byte[] head, byte[] forever) : MemoryStream
{
    private long _at;

    public Action? OnRead { get; set; }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        OnRead?.Invoke();
        for (var i = 0; i < buffer.Length; i++, _at++) buffer[i] = _at < head.Length ? head[_at] : forever[(_at - head.Length) % forever.Length];
        return buffer.Length;
    }
}
