namespace EdgeVision.Module;

/// <summary>A command cannot do what it was asked; the message is printed as it is and the exit code is 1.</summary>
internal sealed class CommandException(string message, Exception? inner = null) : Exception(message, inner);
