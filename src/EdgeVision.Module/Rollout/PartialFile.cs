using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeVision.Configuration;

namespace EdgeVision.Module.Rollout;

/// <summary>
/// What has come of a download, in a folder of its own: the bytes, and a note of which version of the file they are. It survives the
/// process; one process at a time has it open.
/// </summary>
internal sealed class PartialFile : IDisposable
{
    private const string PartName = ".part", NoteName = ".note.json";

    private const int MaxNoteBytes = 16 << 10;

    /// <summary>Between two times that the disk has it for sure. A power cut costs at most so much where no sha256 is known.</summary>
    private const long SyncBytes = 4 << 20;

    private readonly string _folder;
    private readonly FileStream _file;
    private IncrementalHash _sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _synced;

    private PartialFile(string folder, FileStream file) => (_folder, _file) = (folder, file);

    /// <summary>Strong ETag or date of the version that the bytes are of; null when the server gave none, and they cannot be continued.</summary>
    public string? Validator { get; private set; }

    /// <summary>Of the whole file; null when the server did not say.</summary>
    public long? Total { get; private set; }

    public long Length => _file.Length;

    /// <summary>Of all bytes so far, lower-case hex.</summary>
    public string Sha256 => Convert.ToHexStringLower(_sha.GetCurrentHash());

    /// <summary>Opens what is there, made when nothing is. Null when another process has it open.</summary>
    /// <param name="downloads">Of all downloads.</param>
    /// <param name="address">The same file has the same address but for its query, where signatures and their dates stand.</param>
    /// <param name="isVerified">The end is compared with a sum, so that bytes which a power cut damaged are found out.</param>
    public static PartialFile? TryOpen(string downloads, Uri address, bool isVerified)
    {
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address.GetLeftPart(UriPartial.Path))))[..32];
        var folder = Path.Combine(downloads, key);
        Directory.CreateDirectory(folder);
        if (OpenAlone(Path.Combine(folder, PartName)) is not { } file) return null;
        var part = new PartialFile(folder, file);
        try
        {
            part.Recall(isVerified);
            return part;
        }
        catch
        {
            part.Dispose();
            throw;
        }
    }

    /// <summary>Takes away what nobody has continued since then, whole files that their owner lost included.</summary>
    public static void RemoveOlder(string downloads, DateTimeOffset time)
    {
        if (!Directory.Exists(downloads)) return;
        foreach (var folder in new DirectoryInfo(downloads).EnumerateDirectories())
        {
            try
            {
                if (folder.EnumerateFiles().All(f => f.LastWriteTimeUtc < time.UtcDateTime)) folder.Delete(recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Another edgevision was quicker, or it stays.
            }
        }
    }

    /// <summary>True for a package of one file, whatever its address is called.</summary>
    public bool IsArchive()
    {
        Span<byte> start = stackalloc byte[4];
        _file.Position = 0;
        var isArchive = _file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual("PK\u0003\u0004"u8);
        _file.Position = _file.Length;
        return isArchive;
    }

    /// <summary>Throws away what there is: the file is another now.</summary>
    public void Begin(string? validator, long? total)
    {
        (Validator, Total) = (validator, total);
        _file.SetLength(0);
        _sha.Dispose();
        _sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Sync();
    }

    public async ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken stopping)
    {
        await _file.WriteAsync(bytes, stopping).ConfigureAwait(false);
        _sha.AppendData(bytes.Span);
        if (_file.Length - _synced >= SyncBytes) Sync();
    }

    /// <summary>What is there is on disk, and known to be.</summary>
    public void Sync()
    {
        _file.Flush(flushToDisk: true);
        _synced = _file.Length;
        var note = new JsonObject { ["validator"] = Validator, ["total"] = Total, ["synced"] = _synced };
        var path = Path.Combine(_folder, NoteName);
        using (var file = new FileStream(path + ".tmp", FileMode.Create))
        {
            using var json = new Utf8JsonWriter(file);
            note.WriteTo(json);
        }

        File.Move(path + ".tmp", path, overwrite: true);
    }

    /// <summary>The whole file gets its name and is the caller's; what was noted goes. Nothing else may be called then.</summary>
    public string Complete(string name)
    {
        Sync();
        var whole = Path.Combine(_folder, name);
        _file.Dispose();
        File.Move(Path.Combine(_folder, PartName), whole, overwrite: true);
        File.Delete(Path.Combine(_folder, NoteName));
        return whole;
    }

    public void Dispose()
    {
        _file.Dispose();
        _sha.Dispose();
    }

    private static FileStream? OpenAlone(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException) && File.Exists(path))
        {
            return null;
        }
    }

    private void Recall(bool isVerified)
    {
        var path = Path.Combine(_folder, NoteName);
        var json = File.Exists(path) && new FileInfo(path).Length <= MaxNoteBytes ? File.ReadAllBytes(path) : [];
        var note = JsonText.Parse(json, path, MaxNoteBytes, "an object", out _);
        var synced = Number(note, "synced") ?? 0;
        Validator = note?["validator"] is JsonValue v && v.TryGetValue(out string? text) ? text : null;
        Total = Number(note, "total");
        var usable = Validator is null ? 0 : isVerified ? _file.Length : Math.Min(_file.Length, synced);
        if (Total is { } total && usable > total) usable = 0;
        if (usable < _file.Length) _file.SetLength(usable);
        HashWhatIsThere();
        _synced = usable;
    }

    private static long? Number(JsonObject? note, string key) => note?[key] is JsonValue v && v.TryGetValue(out long number) && number >= 0 ? number : null;

    private void HashWhatIsThere()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(81_920);
        _file.Position = 0;
        for (int read; (read = _file.Read(buffer)) > 0;) _sha.AppendData(buffer, 0, read);
        ArrayPool<byte>.Shared.Return(buffer);
    }
}
