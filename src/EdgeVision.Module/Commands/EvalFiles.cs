using System.Text.Json;

namespace EdgeVision.Module.Commands;

/// <summary>Files that <c>eval</c> reads and writes.</summary>
internal static class EvalFiles
{
    /// <param name="path">To read.</param>
    /// <param name="option">That named it.</param>
    /// <param name="maxBytes">More is refused unread.</param>
    /// <exception cref="CommandException">It cannot be read.</exception>
    public static byte[] Read(string path, string option, long maxBytes)
    {
        if (RegularFile.Otherwise(path) is { } other) throw new CommandException($"'{path}' is {other} where {option} needs a regular file; save it to one first.");
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
            if (file.Length > maxBytes) throw new CommandException($"'{path}' has {file.Length >> 20} MB where at most {maxBytes >> 20} MB are read; name another file with {option}.");
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"Cannot read '{path}': {e.Message} Name a file this user may read with {option}.", e);
        }
    }

    /// <exception cref="CommandException">It cannot be written.</exception>
    public static void Write(string path, Action<Utf8JsonWriter> write)
    {
        try
        {
            using var file = File.Create(path);
            using var json = new Utf8JsonWriter(file);
            write(json);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"The detections could not be written to '{path}': {e.Message} Name a file in a folder this user may write to.", e);
        }
    }
}
