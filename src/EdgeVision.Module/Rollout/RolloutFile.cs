using System.Text;
using EdgeVision.Configuration;
using EdgeVision.Rollout;

namespace EdgeVision.Module.Rollout;

/// <summary>The rollout's state on disk, in the data folder.</summary>
internal sealed class RolloutFile(string folder)
{
    public string Path { get; } = System.IO.Path.Combine(folder, "rollout.json");

    /// <summary>Null when there is none; one that cannot be used gives null and a sentence.</summary>
    public RolloutState? Read(out string? error)
    {
        error = null;
        try
        {
            if (!File.Exists(Path)) return null;
            if (RegularFile.Otherwise(Path) is { } other)
            {
                error = $"'{Path}' is {other}, a file was expected; remove it.";
                return null;
            }

            using var file = File.OpenRead(Path);
            if (file.Length <= RolloutStateJson.MaxBytes)
            {
                var bytes = new byte[file.Length];
                file.ReadExactly(bytes);
                if (JsonText.Parse(bytes, $"'{Path}'", RolloutStateJson.MaxBytes, "the state of the model's rollout", out error) is { } json && RolloutStateJson.Read(json) is { } state) return state;
            }

            error ??= $"'{Path}' is not what EdgeVision writes.";
            error += " The model of the configuration looks; what was being rolled out begins anew.";
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error = $"'{Path}' cannot be read ({e.Message.TrimEnd('.')}); let this user read it. The model of the configuration looks.";
            return null;
        }
    }

    /// <summary>Whole or not at all, and on the disk when this returns. Null when it is, otherwise why not.</summary>
    public string? Write(RolloutState state)
    {
        var draft = Path + ".new";
        try
        {
            using (var file = new FileStream(draft, FileMode.Create, FileAccess.Write))
            {
                file.Write(Encoding.UTF8.GetBytes(RolloutStateJson.Write(state).ToJsonString()));
                file.Flush(flushToDisk: true);
            }

            File.Move(draft, Path, overwrite: true);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"'{Path}' cannot be written ({e.Message.TrimEnd('.')}); no new model is tried until it can.";
        }
    }
}
