using EdgeVision.Configuration;

namespace EdgeVision.Module.Remote;

/// <summary>Of <c>pauseCamera</c>.</summary>
/// <param name="Camera">Its name.</param>
/// <param name="Paused">False is what <c>resumeCamera</c> does: a switch of Home Assistant has one topic for both ways.</param>
internal sealed record PauseArguments(string Camera, bool Paused)
{
    public static PauseArguments Read(OptionsReader arguments) => new(CameraCommands.ReadName(arguments), arguments.Flag("paused", true, "False resumes."));
}
