using EdgeVision.Events;

namespace EdgeVision.Module.Commands;

/// <summary>Reads <c>--camera [NAME=]URI</c>.</summary>
internal static class CameraArguments
{
    /// <summary>Cameras without a name are <c>camera1</c>, <c>camera2</c> … by their place.</summary>
    /// <exception cref="CommandException">A name twice, or one that cannot be used.</exception>
    public static IEnumerable<(string Name, string Uri)> Name(IReadOnlyList<string> arguments)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < arguments.Count; i++)
        {
            var (name, uri) = Split(arguments[i]) ?? ($"camera{i + 1}", arguments[i]);
            if (EntityName.Check(name) is { } wrong) throw new CommandException($"--camera: the name '{name}' {wrong}.");
            if (!seen.Add(name)) throw new CommandException($"--camera: the name '{name}' is given twice; give each camera its own.");
            yield return (name, uri);
        }
    }

    /// <summary>The '=' of NAME=URI stands before the scheme's ':'; one in the query stands after it.</summary>
    private static (string Name, string Uri)? Split(string argument)
    {
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        var colon = argument.IndexOf(':', StringComparison.Ordinal);
        return equals >= 0 && (colon < 0 || equals < colon) ? (argument[..equals], argument[(equals + 1)..]) : null;
    }
}
