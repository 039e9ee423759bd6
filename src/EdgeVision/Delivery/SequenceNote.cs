using System.Globalization;

namespace EdgeVision.Delivery;

/// <summary>
/// <c>outbox.sequence</c> beside the file: a number that no event has passed, one line of digits, written anew every <see cref="Step"/> / 2 events. When
/// <c>outbox.db</c> cannot be read at all, numbers go on behind it.
/// </summary>
internal sealed class SequenceNote
{
    /// <summary>How far ahead a note reserves: what a consumer may see as a gap after the worst damage.</summary>
    public const long Step = 100_000;

    private const int MaxDigits = 20;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    private readonly string _path;
    private readonly TimeProvider _time;
    private long? _failedAt;

    public SequenceNote(string directory, TimeProvider time)
    {
        (_path, _time) = (Path.Combine(directory, "outbox.sequence"), time);
        Reserved = Read(_path);
    }

    /// <summary>0 when there is none, or none that can be read.</summary>
    public long Reserved { get; private set; }

    /// <summary>After a commit; writes rarely. A disk that refuses is tried again, and noticed elsewhere.</summary>
    public void Passed(long last)
    {
        if (last == 0 || last + (Step / 2) <= Reserved || (_failedAt is { } at && _time.GetElapsedTime(at) < RetryAfter)) return;
        try
        {
            var half = _path + ".tmp";
            using (var file = OwnedFile.Create(half))
            {
                file.SetLength(0);
                file.Write(System.Text.Encoding.ASCII.GetBytes((last + Step).ToString(CultureInfo.InvariantCulture) + "\n"));
                file.Flush(flushToDisk: true);
            }

            File.Move(half, _path, overwrite: true);
            (Reserved, _failedAt) = (last + Step, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _failedAt = _time.GetTimestamp();
        }
    }

    private static long Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            Span<byte> text = stackalloc byte[MaxDigits + 1];
            var length = file.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
            return long.TryParse(text[..length].TrimEnd("\r\n"u8), NumberStyles.None, CultureInfo.InvariantCulture, out var reserved) && reserved < long.MaxValue / 4 ? reserved : 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
