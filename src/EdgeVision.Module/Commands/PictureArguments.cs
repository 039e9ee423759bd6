namespace EdgeVision.Module.Commands;

/// <summary>Reads <c>IMAGE…</c>: a folder stands for the pictures in it, by name.</summary>
internal static class PictureArguments
{
    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png"];

    /// <exception cref="CommandException">A folder without pictures, or one that cannot be read.</exception>
    public static IReadOnlyList<string> Expand(IReadOnlyList<string> arguments) => [.. arguments.SelectMany(a => Directory.Exists(a) ? InFolder(a) : [a])];

    private static List<string> InFolder(string folder)
    {
        try
        {
            var pictures = Directory.EnumerateFiles(folder)
                .Where(f => Extensions.Contains(Path.GetExtension(f), StringComparer.OrdinalIgnoreCase))
                .Order(StringComparer.Ordinal)
                .ToList();
            return pictures.Count > 0 ? pictures : throw new CommandException($"The folder '{folder}' holds no .jpg, .jpeg or .png file; name a folder with pictures.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"Cannot list the folder '{folder}': {e.Message} Name one this user may read.", e);
        }
    }
}
