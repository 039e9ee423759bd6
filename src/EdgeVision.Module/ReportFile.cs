using System.Text.Json;

namespace EdgeVision.Module;

/// <summary>A <c>--report</c> file: JSON for scripts. It is written last, so a file that cannot be written costs the report, not the work.</summary>
internal static class ReportFile
{
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
            throw new CommandException($"The work is done, but its report could not be written to '{path}': {e.Message} Name a file in a folder this user may write to.", e);
        }
    }
}
