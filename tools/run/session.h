/** \file
 * Session: stands between mpirun and the remote shell by which it keeps a daemon on another host.
 *
 *     mpirun --mca plm_rsh_agent 'tern-shield --session ssh' ...
 *
 * When the host is lost the shell fails, and mpirun would take that for a daemon that could not be started and end
 * the job. So a failure is hidden once the programs have started; until then it is what mpirun thinks.
 */
#ifndef RUN_SESSION_H
#define RUN_SESSION_H

/** Run the remote shell; returns what mpirun is to see as exit code. */
int run_session(char *command[]);

#endif
