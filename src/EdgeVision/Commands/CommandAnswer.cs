namespace EdgeVision.Commands;

/// <summary>What a command came to.</summary>
/// <param name="Status">As in HTTP: 200 done, 202 under way, 4xx the caller's mistake, 5xx ours.</param>
/// <param name="Body">UTF-8 JSON; <c>{"error":"…"}</c> with one sentence from 400 on.</param>
public readonly record struct CommandAnswer(int Status, ReadOnlyMemory<byte> Body);
