namespace EdgeVision.Delivery;

/// <summary>The file's bytes are not what was written. Never leaves this room: the file is put aside.</summary>
internal sealed class OutboxDamageException() : Exception("database disk image is malformed");
