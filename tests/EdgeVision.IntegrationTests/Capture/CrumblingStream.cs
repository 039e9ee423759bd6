namespace EdgeVision.IntegrationTests.Capture;

/// <summary>Gives a few bytes at a time, as a slow network does.</summary>
internal sealed class CrumblingStream(byte[] bytes, int most) : MemoryStream(bytes)
{
    public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, most));

    public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, most)]);
}
