using EdgeVision.Configuration;

namespace EdgeVision.Outputs;

/// <summary>
/// Finds the line that is configured twice: the kernel gives each to one owner. Two names of one line (number here, name there) only the
/// kernel knows to be the same; it refuses the second.
/// </summary>
public sealed class LineOwners(OptionsReader options)
{
    private readonly Dictionary<string, (string Path, object? Shared)> _owners = new(StringComparer.Ordinal);

    /// <param name="path">The section that names the line, from the root of the configuration.</param>
    /// <param name="line">As configured; one that is <see langword="default"/> is a mistake already told.</param>
    /// <param name="shared">Owners whose options are equal to these share the line; null for one that shares with nobody.</param>
    public void Take(string path, GpioLineName line, object? shared = null)
    {
        if (line == default) return;
        var name = line.Name ?? $"{(line.Chip!.StartsWith("/dev/", StringComparison.Ordinal) ? line.Chip["/dev/".Length..] : line.Chip)}/{line.Offset}";
        if (_owners.TryAdd(name, (path, shared))) return;
        var (owner, terms) = _owners[name];
        if (shared is null || terms is null) options.Refuse($"{path}:Line", $"'{line}' is the line of {owner} already, and a line has one owner; name another.");
        else if (!shared.Equals(terms)) options.Refuse($"{path}:Line", $"'{line}' is the line of {owner}, which reads it in another way; cameras share a gate when all keys of their Gate sections are the same.");
    }
}
