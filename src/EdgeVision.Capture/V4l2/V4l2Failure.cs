using EdgeVision.Capture.Kernel;

namespace EdgeVision.Capture.V4l2;

/// <summary>What a refusal of the kernel means for a camera, in one sentence with the fix.</summary>
internal static class V4l2Failure
{
    public static string OfOpen(string path, Errno error) => error switch
    {
        Errno.ENOENT => $"There is no '{path}'.",
        Errno.EACCES or Errno.EPERM => $"This user may not open '{path}'.",
        _ => $"Cannot open '{path}': {error}.",
    };

    public static string OfQuery(string path, Errno error) => $"'{path}' is no video device ({error}).";
}
