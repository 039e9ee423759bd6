using System.Text.Json;

namespace EdgeVision.Module;

/// <summary>A <c>--report</c> file: JSON for scripts. Looked at before the work, so that a mistyped path costs no hour of it; written after it.</summary>
internal static class ReportFile
{
    /// <summary>Opens the file for writing and leaves everything as it was: a file that is there keeps its content, one that is not is not made.</summary>
    /// <exception cref="CommandException">It could not be written at the end.</exception>
    public static void Check(string path)
    {
        // A pipe has a reader or waits for one; a device takes what it is given.
        if (RegularFile.Otherwise(path) is not (null or "a folder")) return;
        try
        {
            var isNew = !File.Exists(path);
            new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite).Dispose();
            if (isNew) File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"The report cannot be written to '{path}': {Why(path, e)}. Name a file in a folder this user may write to with --report.", e);
        }
    }

    /// <exception cref="CommandException">Says why the file could not be written.</exception>
    public static void Write(string path, Action<Utf8JsonWriter> write)
    {
        try
        {
            using var file = File.Create(path);
            using var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
            write(json);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"The work is done, but its report could not be written to '{path}': {Why(path, e)}. Name a file in a folder this user may write to.", e);
        }
    }

    private static string Why(string path, Exception e) => e switch
    {
        _ when Directory.Exists(path) => "it is a folder",
        DirectoryNotFoundException => "there is no such folder",
        UnauthorizedAccessException => "permission denied",
        _ => e.Message.TrimEnd('.'),
    };
}
