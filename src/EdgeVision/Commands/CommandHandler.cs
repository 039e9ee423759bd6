namespace EdgeVision.Commands;

/// <summary>Runs one command of somebody far away: an IoT Hub method, a message on a module's input, a local broker's topic. Any thread, several at once.</summary>
/// <param name="name">Of the command, as the caller wrote it.</param>
/// <param name="arguments">What the caller sent, unread: UTF-8 JSON when he meant well; empty for none.</param>
/// <param name="stopping">Nobody waits for the answer any more.</param>
/// <returns>The answer; wrong names and arguments are answered 4xx, never thrown.</returns>
public delegate ValueTask<CommandAnswer> CommandHandler(string name, ReadOnlyMemory<byte> arguments, CancellationToken stopping);
