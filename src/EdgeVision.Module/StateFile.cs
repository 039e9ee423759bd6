using System.Text;
using System.Text.Json.Nodes;
using EdgeVision.Configuration;

namespace EdgeVision.Module;

/// <summary>A small JSON object in the data folder that survives the process: whole or not there at all.</summary>
/// <param name="path">Full path.</param>
/// <param name="maxBytes">A larger file is none of ours.</param>
/// <param name="what">What it holds, for people.</param>
internal sealed class StateFile(string path, int maxBytes, string what)
{
    /// <summary>Null when there is none, or none that can be read; then <paramref name="error"/> is a sentence that says why.</summary>
    public JsonObject? Read(out string? error)
    {
        error = null;
        try
        {
            if (!File.Exists(path)) return null;
            if (RegularFile.Otherwise(path) is { } other)
            {
                error = $"'{path}' is {other}, a file was expected; remove it.";
                return null;
            }

            using var file = File.OpenRead(path);
            if (file.Length > maxBytes)
            {
                error = $"'{path}' has {file.Length} bytes, at most {maxBytes} were expected of {what}; remove it.";
                return null;
            }

            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return JsonText.Parse(bytes, $"'{path}'", maxBytes, what, out error);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error = $"'{path}' cannot be read ({e.Message.TrimEnd('.')}); let this user read it.";
            return null;
        }
    }

    /// <summary>A power cut leaves the old one. Null when it is on disk, otherwise why not, without a full stop.</summary>
    public string? Write(JsonObject state)
    {
        var draft = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        // Sources of models may hold tokens.
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            using (var file = new FileStream(draft, options))
            {
                file.Write(Encoding.UTF8.GetBytes(state.ToJsonString()));
                file.Flush(flushToDisk: true);
            }

            File.Move(draft, path, overwrite: true);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"'{path}' cannot be written ({e.Message.TrimEnd('.')})";
        }
    }
}
