namespace EdgeVision.Module.Commands;

/// <summary>What scripts rely on.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>Explained in one sentence on stderr.</summary>
    public const int Failed = 1;

    public const int WrongUsage = 2;
}
